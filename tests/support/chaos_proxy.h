#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "manager/transport/file_descriptor.h"
#include "manager/transport/listener.h"

namespace syncmanager {

// A bad network on this machine: whatever comes in at its two addresses is passed on to `target`
// and back, with the faults that a test orders.
//
//   TestServer server;
//   ChaosProxy network(server.tcp_address());
//   Client client = ...network.tcp_address()...
//   network.black_hole();
//   ...
//   network.heal();
//
// A fault is in force when the call that orders it returns: for every connection, those to come
// included, in both directions, until heal(). Faults add up. Any thread may call.
class ChaosProxy {
 public:
  // Towards whom bytes travel.
  enum class Direction { kToServer, kToClient };
  struct Counts {
    int connections = 0;    // Accepted so far.
    int open = 0;           // Those that aren't over.
    int64_t to_server = 0;  // Bytes that were passed on.
    int64_t to_client = 0;
    int64_t swallowed = 0;  // Bytes that the black hole has.
  };

  // `target` is `unix:/path` or `tcp://127.0.0.1:port`. Throws std::runtime_error if there is no
  // place to listen at.
  explicit ChaosProxy(const std::string& target);
  // Resets what is still open.
  ~ChaosProxy();
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;

  const std::string& tcp_address() const { return tcp_address_; }
  const std::string& unix_address() const { return unix_address_; }

  // Whatever arrives, an end included, is passed on that much later.
  void delay(std::chrono::milliseconds time);
  // Each direction of each connection passes that much on. 0: all of it is kept for later.
  void throttle(size_t bytes_per_second);
  // Each byte is passed on by a write of its own.
  void one_byte_segments();
  // Whatever arrives is swallowed, nobody is told that the other end has gone, and new connections
  // are accepted without the target's knowledge. heal() resets every connection that lost something
  // in it; the others go on.
  void black_hole();
  // All of the above is over, and what was kept for later leaves at once.
  void heal();

  // Ends the connections there are, each end by an RST (on a unix socket: a close).
  void reset_all();
  // Tells the receivers in this direction, on the connections there are, that nothing more will
  // come. What comes all the same is dropped; the other direction goes on.
  void half_close(Direction direction);

  Counts counts();

 private:
  struct Faults {
    std::chrono::milliseconds delay{0};
    std::optional<size_t> bytes_per_second;
    bool one_byte_segments = false;
    bool black_hole = false;

    bool pass_nothing() const { return black_hole || bytes_per_second == 0; }
  };
  class Pipe;
  struct Link;

  void run();
  // Runs it on the proxy's thread, which alone touches the faults, links and counts; returns when
  // that is done.
  void order(std::function<void()> change);
  void accept_all(const manager::Listener& listener);
  void wait_for_something();

  const manager::Address target_;
  std::string directory_, tcp_address_, unix_address_;
  std::unique_ptr<manager::Listener> tcp_, unix_;
  manager::FileDescriptor wake_;

  std::mutex mutex_;
  std::vector<std::function<void()>> orders_;  // By mutex_.

  Faults faults_;
  Counts counts_;
  std::vector<std::unique_ptr<Link>> links_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace syncmanager
