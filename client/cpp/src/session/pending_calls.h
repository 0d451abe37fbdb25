#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "client/cpp/src/session/followers.h"
#include "syncmanager/answer.h"

namespace syncmanager {

// A request that waits for its reply: on the stack of the thread that waits, or in a Future. The
// session's lock protects it, except for `answered`. When `answered` is true it is the caller's.
struct PendingCall {
  explicit PendingCall(Answer unanswered) : answer(std::move(unanswered)) {}
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;

  uint64_t id = 0;
  std::atomic<bool> answered{false};
  bool asynchronous = false;
  bool nudged = false;           // Its waiter returns, answered or not.
  Follower* follower = nullptr;  // The thread to wake; null if none waits.
  Answer answer;
};

// The call of a Future, or one that may be interrupted. Once it is dropped the table owns it.
struct AsyncCall : PendingCall {
  explicit AsyncCall(Answer unanswered) : PendingCall(std::move(unanswered)) {
    asynchronous = true;
  }

  std::string asked;  // undoable() of the request; empty: the call isn't undone.
  // Called once when the call is answered, in any thread. Must not wait or use the session.
  std::function<void()> on_answered;
  bool dropped = false;  // Before it was answered.
  uint64_t object = 0;   // Replaces the reference in the answer of a dropped call.
};

// Everything that follows from answers and is done after the session's lock was released.
struct Aftermath {
  std::vector<Follower*> followers;              // Threads to wake.
  std::vector<std::function<void()>> listeners;  // To be called.
  std::vector<AsyncCall*> dropped;  // To be undone and freed: nobody wants the answers.
};

// The ids of a session's requests, and the calls that haven't been answered. A session that is
// resumed repeats these. Protected by the session's lock.
class PendingCalls {
 public:
  ~PendingCalls();

  // Gives the call its id. REQUIRES: the call lives until it is answered.
  void add(PendingCall& call);
  // The same in two steps, if its id comes later.
  void expect(PendingCall& call);
  uint64_t number(PendingCall& call);
  // An id for a request whose reply is ignored.
  uint64_t next_id() { return ++last_id_; }

  // Answers the call that an encoded wire::Reply is for, and ignores a reply to no call. Returns
  // the id in the reply, or 0 if the reply is malformed. The reply may be a view into `whole`: the
  // answer takes the memory of that then.
  uint64_t answer(std::string_view reply, std::string* whole, Aftermath& aftermath);
  // Answers a call that was cancelled before it got an id.
  void withdraw(PendingCall& call, Aftermath& aftermath);
  // Answers every call with the loss of the session.
  void lose_all(Loss loss, const std::string& why, Aftermath& aftermath);

  // Answers a call that is too large to be sent.
  static void refuse(PendingCall& call, const std::string& why);
  // Answers a call that can't be sent any more.
  static void lose(PendingCall& call, Loss loss, const std::string& why);
  static ReferencePtr take_reference(AsyncCall& call) {
    return std::exchange(call.answer.reference_, nullptr);
  }
  // The reader of the result has taken over the references in it.
  static void adopt_references(AsyncCall& call) { call.answer.unread_ = false; }
  // Makes a call one that may be dropped. REQUIRES: it was added, and isn't answered.
  void allow_drop(PendingCall& call);
  // The objects to which the unread result of a dropped call gave this session references, an
  // object for each reference.
  static std::vector<uint64_t> unread_references(const AsyncCall& call);

  // The number of calls of futures that wait, dropped calls included.
  size_t asynchronous() const { return asynchronous_; }
  // Whether a call with a listener waits.
  bool listened() const { return listeners_ > 0; }

 private:
  void count(const PendingCall& call);
  void give_id(PendingCall& call);
  void finish(PendingCall& call, Aftermath& aftermath);

  uint64_t last_id_ = 0;
  absl::flat_hash_map<uint64_t, PendingCall*> calls_;
  absl::flat_hash_set<PendingCall*> unnumbered_;
  size_t asynchronous_ = 0;
  size_t listeners_ = 0;
};

}  // namespace syncmanager
