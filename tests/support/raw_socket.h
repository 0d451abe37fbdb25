#pragma once

#include <string>
#include <string_view>

namespace syncmanager {

// A connection that has passed the gate and says nothing but what it is told to. Every wait is
// bounded: a machine that is late fails a test no sooner than after 15 s.
class RawSocket {
 public:
  // Takes over the socket.
  explicit RawSocket(int socket) : socket_(socket) {}
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  // Reads what comes meanwhile, so that neither side waits for the other to read. False: the
  // manager ended the connection.
  bool send(std::string_view bytes);
  // Reads what comes next; false if the manager ended the connection.
  bool receive();
  // Reads until `wanted` has come; false if the manager ended the connection before.
  bool await(std::string_view wanted);
  // Reads until the manager ends the connection; false if it doesn't.
  bool await_end();
  // Everything that has come so far.
  const std::string& received() const { return received_; }

 private:
  // Waits for one of `events`, and reads if there is something. Nothing left to wait for: false.
  bool turn(short events, short& happened);

  int socket_;
  bool ended_ = false;
  std::string received_;
};

}  // namespace syncmanager
