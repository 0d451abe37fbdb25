#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "client/cpp/src/stream/stream.h"
#include "manager/gateway/channel.h"
#include "protos/frame.h"
#include "protos/session.pb.h"

namespace syncmanager::manager {

// The largest message of the stream, either way.
inline constexpr size_t kLargestMessage = (4 << 20) + kAroundFrame;

// One stream of a stock gRPC client, and its connection to the manager. The four messages of the
// handshake and then the frames pass as they are, both ways: tags and proofs are between the client
// and the manager, and this program has no key. Each way at most one message is under way.
//
// Its thread talks to the manager and writes to the client; gRPC's threads read from the client. It
// deletes itself when gRPC is done with it.
class Bridge : public grpc::ServerBidiReactor<wire::ClientMessage, wire::ServerMessage> {
 public:
  Bridge(const Channel& channel, std::string client);
  ~Bridge() override;

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  using Lock = std::unique_lock<std::mutex>;

  // The thread's.
  void run(const Channel& channel, const std::string& client);
  // Passes the handshake through. Returns the status with which the stream ends if it fails.
  std::optional<grpc::Status> pass_gate();
  // Sends one message to the gate, and passes the answer to the client.
  std::optional<grpc::Status> ask_gate(const std::string& message, bool is_hello);
  grpc::Status pass_frames();
  grpc::Status refuse(const wire::HandshakeError& error);
  std::optional<wire::ClientMessage> read();
  bool write(const wire::ServerMessage& message);

  // Passes what the client sent to the manager. Returns whether the next may be read.
  bool pass_frame();

  int socket_ = -1;
  std::optional<SecureSocket> connection_;  // Over the socket, without TLS.
  std::unique_ptr<Stream> manager_;         // From the end of the handshake on.
  wire::ClientMessage incoming_;
  wire::ServerMessage outgoing_;

  std::mutex mutex_;  // Protects what follows.
  std::condition_variable changed_;
  bool passes_frames_ = false;
  bool has_read_ = false, client_ended_ = false;
  bool has_written_ = false, client_lost_ = false;
  std::thread thread_;
};

}  // namespace syncmanager::manager
