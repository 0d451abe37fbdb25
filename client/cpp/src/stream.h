#pragma once

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "client/cpp/src/channel.h"
#include "client/cpp/src/known_socket.h"

namespace syncmanager {

// The bidirectional gRPC stream to a manager, as bytes: one message out, one message in. It knows
// nothing of what is in them. Nothing happens by itself: whoever calls next() drives it.
//
//   event     follows                  ok means
//   kOpened   open()                   messages may be written
//   kWritten  each write()             the next write() may come
//   kReceived each read()              received() has the message
//   kClosed   any of these, once       the stream has ended; why() says why
//
// Threads: one at a time in next(), read(), read_now() and received(); one at a time in write(), at
// the same time as the other if need be. cancel() from any, and nudge() from one at a time. One
// write and one read are under way at most.
class ClientStream {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Event { kNothing, kOpened, kWritten, kReceived, kClosed };

  // Takes over a connected socket.
  explicit ClientStream(int socket);
  // Cancels what is under way. REQUIRES: no other thread uses the stream.
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  void open();
  void write(const grpc::ByteBuffer& message);
  // Reads one message, from the next next() on.
  void read();
  // The same from now on, if read() was called.
  void read_now();
  // What was received, until the next next().
  std::string_view received();
  // Ends the stream at once; kClosed follows.
  void cancel() { call_.TryCancel(); }

  // The next event, or kNothing at `deadline`. Clock::time_point::min() only looks.
  Event next(Clock::time_point deadline);
  // Whoever is in next() returns, or whoever comes next; with kNothing.
  void nudge();
  const KnownSocket& socket() const { return socket_; }
  // For people; after kClosed.
  std::string why() const;
  // After kClosed: whether who listens at the address speaks another protocol.
  bool was_foreign() const;

 private:
  enum Tag : uintptr_t { kOpen = 1, kWrite, kRead, kFinish, kNudge };

  Event event_of(Tag tag, bool ok);

  const KnownSocket socket_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::Alarm> nudge_;
  grpc::ClientContext call_;  // gRPC's name for what belongs to one call.
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> messages_;
  grpc::ByteBuffer incoming_;
  grpc::Slice received_;
  grpc::Status status_;
  bool wants_read_ = false;
  bool finishing_ = false;
  std::atomic<uint64_t> writes_{0};
};

}  // namespace syncmanager
