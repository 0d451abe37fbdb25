#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protos/auth/frame_tag.h"
#include "protos/frame.h"
#include "tests/support/raw_gate.h"

namespace syncmanager {

// A stream to a manager that sends whatever bytes a test likes, and waits for each step: gRPC's own
// generic client on a connection that has passed the gate, without the client library. So these
// tests show beside what they are about that the manager speaks gRPC. Every wait is bounded: a
// manager that says nothing for ten seconds counts as a stream that ended.
class RawStream {
 public:
  // "unix:/path" or "127.0.0.1:7000". Every RawStream has a connection of its own.
  explicit RawStream(const std::string& target,
                     grpc_compression_algorithm compression = GRPC_COMPRESS_NONE);
  // Cancels what is left: to the manager this client has died.
  ~RawStream();
  RawStream(const RawStream&) = delete;
  RawStream& operator=(const RawStream&) = delete;

  // The whole handshake, and the stream. False, and error() says why, if the manager refused.
  bool open(const FileKey& key, bool must_protect = false, const std::string& name = "raw");
  // The same for the session of another stream, which has received `received` outputs; the
  // agreement says whether there still is one.
  bool resume(const FileKey& key, const Agreement& session, uint64_t received);

  // ---- REQUIRES: it is open.

  // False if the stream has ended.
  bool send_bytes(std::string_view bytes);
  bool send(const wire::ClientMessage& message);
  // The next message; nothing if the stream has ended, or it isn't one.
  std::optional<wire::ServerMessage> receive();
  // Says that nothing more will be sent.
  void half_close();
  // How the stream ended. REQUIRES: receive() has returned nothing.
  grpc::Status finish();
  // Sends a batch as the handshake agreed, and receives one; nothing if the stream has ended.
  bool send_batch(const wire::ClientBatch& batch);
  std::optional<wire::ServerBatch> receive_batch();

  // The manager's last word, if it said one.
  const wire::HandshakeError& error() const;
  const Agreement& agreement() const { return gate_.agreement(); }

 private:
  bool wait();
  bool open(const FileKey& key, ClientHandshake::Policy policy);

  RawGate gate_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext call_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> messages_;
  bool lost_ = false;
  wire::HandshakeError error_;
  std::optional<FrameTagger> to_server_, from_server_;
};

}  // namespace syncmanager
