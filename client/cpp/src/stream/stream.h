#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/src/stream/own_descriptor.h"
#include "protos/auth/secure_socket.h"
#include "protos/http2_stream.h"
#include "protos/support/mutex.h"

namespace syncmanager {

// The stream to a manager on a connection that has passed the gate: frames out, messages in. It
// doesn't interpret them. It has no thread of its own: the caller of next() drives it.
//
//   event      means
//   kWritten   what a write() had to leave has left: the next write() may come
//   kReceived  received() has a message
//   kClosed    once: the stream has ended; why() says why
//
// Threads: one at a time in next() and received(); one at a time in write(), at the same time as
// the other if need be. cancel() and nudge() from any.
class Stream {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Event { kNothing, kWritten, kReceived, kClosed };

  // `max_message` is the largest that is received. REQUIRES: the socket outlives it, and has passed
  // the gate. Throws ConnectFailed if the process has no descriptor left.
  Stream(SecureSocket& socket, size_t max_message);

  // Writes a frame and never waits. Returns whether it has left; if not, kWritten follows.
  bool write(std::string_view body, std::string_view tag);
  // Says that nothing more will be written: to the manager that is the end of the stream.
  void finish();
  // Ends the stream at once; kClosed follows.
  void cancel();

  // The next event, or kNothing at `deadline`. Clock::time_point::min() only looks.
  Event next(Clock::time_point deadline);
  // Returns the message of the last kReceived. It is valid until next() is called again.
  std::string_view received() const { return received_; }
  // Makes the current or the following call of next() return kNothing.
  void nudge();
  // Returns the reason in words. REQUIRES: kClosed was returned.
  const std::string& why() const { return why_; }
  // Returns whether the manager ended the stream in order and didn't vanish. REQUIRES: the same.
  bool ended_in_order() const { return in_order_; }

 private:
  // Sends what is to be sent, unless another thread does. Returns true if nothing is left and a
  // write() waited for that. Releases the lock while it sends.
  bool send_out() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes a message of what has arrived. Returns false if there is no whole one.
  bool take_message() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Reads what has arrived. Returns false if nothing has. Releases the lock while it reads.
  bool receive() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Waits until something happens. Returns false at the deadline, and if it was nudged.
  bool wait(Clock::time_point deadline) ABSL_LOCKS_EXCLUDED(mutex_);
  void end(std::string why);

  SecureSocket& socket_;
  const OwnDescriptor bell_;

  // The state of the thread in next().
  const std::unique_ptr<char[]> room_;  // The buffer for received bytes.
  std::string_view received_;
  bool is_readable_ = true;  // The socket may have something to read.
  bool ended_ = false, told_ = false, in_order_ = false;
  std::string why_;

  Mutex mutex_;  // Never held while something is sent or read.
  Http2Stream http2_ ABSL_GUARDED_BY(mutex_);
  bool sending_ ABSL_GUARDED_BY(mutex_) = false;  // A thread sends what is added meanwhile, too.
  bool owes_written_ ABSL_GUARDED_BY(mutex_) = false;  // A write() has left something.
  std::atomic<bool> is_unsent_ = false;                // Something is still to be sent.

  // The state of the thread that set sending_.
  std::string outgoing_;   // The bytes that it sends,
  size_t sent_of_it_ = 0;  // and the number of them that have left.
};

}  // namespace syncmanager
