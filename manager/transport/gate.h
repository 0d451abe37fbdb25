#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "manager/transport/poller.h"
#include "manager/transport/visitor.h"
#include "manager/transport/wrong_keys.h"

namespace syncmanager::manager {

// The visitors: connections between accept and the proof of a key. Each has 5 s, and 1,024 bytes
// to send. When there are too many, one of the source that has most of them leaves: the oldest that
// has said nothing, if there is one. So nobody is refused for being new, but a source that tried
// many wrong keys is. Takes the time as an argument. One thread at a time.
class Gate {
 public:
  struct Options {
    size_t visitors = 256;  // Over TCP; over unix sockets as many again.
    WrongKeys::Limits wrong_keys;
    Visitor::Terms terms;
    // Called with a visitor that has proved a key, and takes its connection. An error is what the
    // visitor is refused with.
    std::function<absl::Status(Visitor& visitor)> let_in;
  };
  static constexpr std::chrono::seconds kPatience{5};

  explicit Gate(Options options) : options_(std::move(options)), wrong_keys_(options_.wrong_keys) {}

  // Readable when a visitor has said something.
  int descriptor() const { return poller_.descriptor(); }
  // Takes in a connection that was accepted.
  void welcome(FileDescriptor socket, Peer peer, Time now);
  // Serves some of those that have said something: few enough that who has a session doesn't wait.
  void serve(Time now);
  // Closes those whose time is over.
  void on_time(Time now);
  // When on_time() is due; kNever if nobody is here.
  Time deadline() const {
    return visitors_.empty() ? kNever : visitors_.front().visitor.deadline();
  }
  size_t visitors() const { return visitors_.size(); }

 private:
  struct Entry {
    Visitor visitor;
    std::list<Entry>::iterator place;
  };

  void make_room(bool is_unix);
  void remove(Entry& entry);
  // Logs who has left; once a second at most, with their number since.
  void log(Time now);

  const Options options_;
  WrongKeys wrong_keys_;
  Poller poller_;
  std::list<Entry> visitors_;  // The oldest is the first.
  absl::flat_hash_map<std::string, size_t> of_source_;
  size_t over_tcp_ = 0;
  // Who has left without a proof since the last log line.
  struct Left {
    int late = 0, crowded_out = 0, foreign = 0;
  } left_;
  Time next_log_{};
};

}  // namespace syncmanager::manager
