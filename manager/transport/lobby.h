#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "manager/transport/admission.h"

namespace syncmanager {

// Where connections are between accept and the proof of a key: 5 s at most, with 16 KiB at most,
// and no more of them than Admission lets in. A stream can't be traced back to its descriptor, as
// gRPC has it, so each connection leaves a duplicate here, by which it is seen to be closed, or
// shut down when its time is over. Of two holders of a socket, close(2) of one ends nothing and
// shutdown(2) ends both.
//
// A stream says who it is by ServerContext::peer(), which gRPC 1.51 makes of the peer's address:
//   TCP   "ipv4:127.0.0.1:55430", "ipv6:%5B::1%5D:58236": one connection, by address and port.
//   unix  "unix:", for all of them: their peers have no name. So a proof counts for the unix
//         connection that has waited longest, whichever it was, and nothing is ever shut down for
//         the sake of it. A silent unix connection is ended by grpc.server_handshake_timeout_ms,
//         one without a stream by grpc.max_connection_idle_ms, a stream without proof by its own
//         timer; here it stops counting after the same 5 s.
//
// The acceptor calls admit() before it hands a descriptor over, and sweep() when next_sweep() is
// due; the server calls authenticated() before ServerAuth leaves, and failed(). Any thread.
class Lobby {
 public:
  using Instant = Admission::Instant;
  using Verdict = Admission::Verdict;

  static constexpr std::chrono::seconds kPatience{5};
  // What a client sends before it is known: 8 KiB of headers at most, a hello and a proof.
  // gRPC 1.51 buffers a message of any length before it looks at it, up to its quota, and over the
  // quota it ends the streams of others.
  static constexpr uint64_t kReceivedBytes = 16 << 10;
  // How often that is looked at. gRPC takes in about 1 MiB a millisecond, from all of them
  // together.
  static constexpr std::chrono::milliseconds kLook{20};

  // REQUIRES: `admission` outlives it, and nobody else tells it of connections.
  explicit Lobby(Admission& admission) : admission_(admission) {}
  // Shuts down no connection.
  ~Lobby();
  Lobby(const Lobby&) = delete;
  Lobby& operator=(const Lobby&) = delete;

  // Judges the accepted `socket`, which stays the caller's, and keeps a duplicate of it if it is
  // admitted. `draw` as Admission has it. kTooMany too if the process is out of descriptors.
  Verdict admit(int socket, uint32_t draw, Instant now);
  // The connection of that peer() has proved a key: it may stay. Unknown names mean nothing.
  void authenticated(std::string_view peer, Instant now);
  // A proof failed on the connection of that peer(). It goes on waiting until it is closed.
  void failed(std::string_view peer, Instant now);
  // How many connections without proof have ended, and why.
  struct Swept {
    int late = 0;    // Shut down, as their time was over.
    int greedy = 0;  // Shut down, as they had sent too much.
    int left = 0;    // Closed, by the client or as it spoke no HTTP/2.
  };
  // Lets go of those that were closed, and shuts down those that were late or greedy. Returns those
  // that have ended since it was last called, as admit() lets go of them too.
  Swept sweep(Instant now);
  // When to look again; Instant::max() if nobody waits.
  Instant next_sweep() const;

 private:
  struct Visitor {
    std::string name;    // As ServerContext::peer() has it, its escapes undone.
    std::string source;  // As Admission has it.
    int duplicate;
  };
  using Visitors = std::multimap<Instant, Visitor>;  // By the time at which they have to be gone.

  void look(Instant now);
  Visitors::iterator find(std::string_view name);

  Admission& admission_;
  mutable std::mutex mutex_;  // Never held while admission_ is called.
  Visitors visitors_;
  Swept swept_;
  Instant looked_ = Instant::min();
};

}  // namespace syncmanager
