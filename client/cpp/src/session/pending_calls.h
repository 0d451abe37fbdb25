#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "syncmanager/answer.h"

namespace syncmanager {

// A thread that waits for another one to bring its answer. It belongs to the connection, so that it
// can be notified after the lock was released, when the thread may already have gone on.
struct Follower {
  std::condition_variable changed;
  bool served = false;  // Its answer is there: it won't lead.
};

// One request that waits for its reply: on the stack of the thread that waits, or in a Future. All
// but `answered` is protected by the connection's lock until that is true, and the caller's then.
struct PendingCall {
  explicit PendingCall(Answer unanswered) : answer(std::move(unanswered)) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  uint64_t id = 0;
  std::atomic<bool> answered{false};
  bool asynchronous = false;
  bool nudged = false;           // Its waiter returns, answered or not.
  Follower* follower = nullptr;  // Whom to wake.
  Answer answer;
};

// The call of a Future, or one that may be interrupted. Once it is dropped the table owns it.
struct AsyncCall : PendingCall {
  explicit AsyncCall(Answer unanswered) : PendingCall(std::move(unanswered)) {
    asynchronous = true;
  }

  std::string asked;  // What undo() must know of the request; empty: it isn't undone.
  // Called once when it is answered, by whichever thread brings the answer; it must not wait, nor
  // use the connection.
  std::function<void()> on_answered;
  bool dropped = false;  // Before it was answered.
  uint64_t object = 0;   // Of a dropped call: its answer has no reference any more.
};

// The ids of a session's requests and the calls that haven't been answered: all that a session
// which is resumed must repeat. Protected by the connection's lock.
class PendingCalls {
 public:
  // Who is to be told, after the lock was released.
  struct Woken {
    std::vector<Follower*> followers;
    std::vector<std::function<void()>> listeners;
  };

  ~PendingCalls();

  // Gives the call its id. REQUIRES: the call lives until it is answered.
  void add(PendingCall& call);
  // The same in two steps, if its id comes later.
  void expect(PendingCall& call);
  uint64_t number(PendingCall& call);
  // An id for a request whose reply nobody waits for.
  uint64_t next_id() { return ++last_id_; }

  // Answers the call that an encoded wire::Reply is for; one for nobody is dropped. Its id; 0: it
  // makes no sense. Whoever must be woken joins `woken`, and a call that was dropped joins
  // `leftovers`, to be freed by the caller.
  // The reply may be a view into `whole`, whose memory the answer takes then.
  uint64_t answer(std::string_view reply, std::string* whole, Woken& woken,
                  std::vector<AsyncCall*>& leftovers);
  // Answers a call that has no id yet: it was cancelled.
  void withdraw(PendingCall& call, Woken& woken, std::vector<AsyncCall*>& leftovers);
  // The session is over: every call is answered with that.
  void lose_all(Loss loss, const std::string& why, Woken& woken,
                std::vector<AsyncCall*>& leftovers);

  // Answers a call that is too large to be sent.
  static void refuse(PendingCall& call, const std::string& why);
  // Answers a call that can't be sent any more.
  static void lose(PendingCall& call, Loss loss, const std::string& why);
  static ReferencePtr take_reference(AsyncCall& call) {
    return std::exchange(call.answer.reference_, nullptr);
  }
  // The references in its result are those of whoever has read it.
  static void adopt_references(AsyncCall& call) { call.answer.unread_ = false; }
  // Makes a call one that may be dropped. REQUIRES: it was added, and isn't answered.
  void let_go(PendingCall& call);
  // The references that a dropped call's result gave this session and nobody has read: one object
  // for each.
  static std::vector<uint64_t> unread_references(const AsyncCall& call);

  // How many calls of futures wait, dropped ones included.
  size_t asynchronous() const { return asynchronous_; }
  // Whether somebody is to be told of an answer, and doesn't wait for it.
  bool listened() const { return listeners_ > 0; }

 private:
  void count(const PendingCall& call);
  void give_id(PendingCall& call);
  void finish(PendingCall& call, Woken& woken, std::vector<AsyncCall*>& leftovers);

  uint64_t last_id_ = 0;
  absl::flat_hash_map<uint64_t, PendingCall*> calls_;
  absl::flat_hash_set<PendingCall*> unnumbered_;
  size_t asynchronous_ = 0;
  size_t listeners_ = 0;
};

}  // namespace syncmanager
