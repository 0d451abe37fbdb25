#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace syncmanager {

// Who may come in before having proved a key. It has no sockets, no clock and no randomness: it is
// told where a connection comes from, when, and a random number, and says yes or why not. Its
// figures are those of sshd's MaxStartups and PerSourceMaxStartups (sshd_config(5)).
//
// Each admitted connection is counted until authenticated() or closed(), one of them, once. A
// source is an IPv4 address or an IPv6 /64 network, as the caller names it. The empty source is the
// unix sockets: their peers are of our own user, who share one source and could do worse than
// connect. So only their number is limited, apart from the others', which can't shut them out.
// Any thread.
class Admission {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  struct Limits {
    int unauthenticated = 100;    // At once; on unix sockets as many again.
    int early_drop_from = 10;     // From so many on some are dropped by chance: ...
    int early_drop_percent = 30;  // ... so many of a hundred, rising evenly to all at the limit.
    int unauthenticated_per_source = 10;
    int failures = 5;                         // That a source has to spend, ...
    std::chrono::seconds failure_refill{10};  // ... and how soon one of them is forgiven.
    std::chrono::seconds trust{
        3600};              // A source that proved a key isn't dropped by chance so long.
    size_t sources = 4096;  // Remembered; the one that was quiet for longest makes room.
  };

  enum class Verdict {
    kAdmitted,
    kTooMany,          // Unauthenticated connections altogether.
    kDroppedEarly,     // By chance, as there are many.
    kTooManyOfSource,  // Unauthenticated connections of this source.
    kTooManyFailures,  // Proofs of this source that failed.
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  // Judges a connection, and counts it if it is admitted. `draw` is a random number below 100.
  Verdict admit(std::string_view source, uint32_t draw, Instant now);
  // An admitted connection of `source` has proved a key.
  void authenticated(std::string_view source, Instant now);
  // A proof of `source` failed. The connection counts until it is closed.
  void failed(std::string_view source, Instant now);
  // An admitted connection that hadn't proved a key is gone.
  void closed(std::string_view source);

  // How many connections are unauthenticated now, on TCP and on unix sockets.
  int unauthenticated() const;

 private:
  struct Source {
    int open = 0;
    // What the failures cost, as the time at which they are all forgiven.
    Instant forgiven = Instant::min();
    Instant trusted_until = Instant::min();
    Instant last_seen = Instant::min();
  };

  bool has_failed_often(const Source& source, Instant now) const;
  bool drops_early(uint32_t draw) const;
  Source& remember(std::string_view name, Instant now);
  void make_room(Instant now);
  void leave(std::string_view name);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Source, std::less<>> sources_;
  int tcp_ = 0;
  int unix_ = 0;
};

// For log lines and metrics: "admitted", "too many failed proofs" and so on.
std::string_view to_string(Admission::Verdict verdict);

}  // namespace syncmanager
