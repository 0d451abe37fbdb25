#include "tests/support/raw_stream.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>

namespace syncmanager {
namespace {

constexpr std::chrono::seconds kLongestWait{10};

std::shared_ptr<grpc::Channel> connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

RawStream::RawStream(const std::string& target, std::string_view method,
                     grpc_compression_algorithm compression)
    : channel_(connect(target)), stub_(channel_) {
  call_.set_compression_algorithm(compression);
  messages_ = stub_.PrepareCall(&call_, std::string(method), &queue_);
  messages_->StartCall(this);
  wait();
}

RawStream::~RawStream() {
  call_.TryCancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool RawStream::wait() {
  void* tag = nullptr;
  bool ok = false;
  const auto until = std::chrono::system_clock::now() + kLongestWait;
  if (queue_.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::TIMEOUT) {
    // What is under way refers to memory of its caller: it ends before this returns.
    call_.TryCancel();
    queue_.Next(&tag, &ok);
    ok = false;
  }
  lost_ = !ok;
  return ok;
}

bool RawStream::send_bytes(std::string_view bytes) {
  if (lost_) return false;
  const grpc::Slice slice(bytes.data(), bytes.size());
  messages_->Write(grpc::ByteBuffer(&slice, 1), this);
  void* tag = nullptr;
  bool ok = false;
  // A write that fails leaves the manager's last word to be received.
  return queue_.Next(&tag, &ok) && ok;
}

bool RawStream::send(const wire::ClientMessage& message) {
  return send_bytes(message.SerializeAsString());
}

std::optional<wire::ServerMessage> RawStream::receive() {
  if (lost_) return std::nullopt;
  grpc::ByteBuffer bytes;
  messages_->Read(&bytes, this);
  if (!wait()) return std::nullopt;
  grpc::Slice slice;
  wire::ServerMessage message;
  if (!bytes.DumpToSingleSlice(&slice).ok() ||
      !message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return std::nullopt;
  }
  if (message.has_error()) error_ = message.error();
  return message;
}

void RawStream::half_close() {
  messages_->WritesDone(this);
  wait();
}

grpc::Status RawStream::finish() {
  grpc::Status status;
  messages_->Finish(&status, this);
  void* tag = nullptr;
  bool ok = false;
  queue_.Next(&tag, &ok);
  lost_ = true;
  return status;
}

bool RawStream::open(const FileKey& key, bool must_protect, const std::string& name) {
  return shake_hands(key, {.key_id = key.id, .name = name, .must_protect = must_protect});
}

bool RawStream::resume(const FileKey& key, const Agreement& session, uint64_t received) {
  return shake_hands(key, {.key_id = key.id,
                           .name = "raw",
                           .must_protect = true,
                           .resume = Resume{session.session_id, received},
                           .resume_keys = session.keys});
}

bool RawStream::shake_hands(const FileKey& key, ClientHandshake::Policy policy) {
  ClientHandshake handshake(*key.keys, std::move(policy));
  wire::ClientMessage hello, proof;
  hello.set_client_hello(handshake.hello());
  send(hello);
  const std::optional<wire::ServerMessage> server_hello = receive();
  if (!server_hello || !server_hello->has_server_hello()) return false;
  absl::StatusOr<std::string> auth = handshake.on_server_hello(server_hello->server_hello());
  if (!auth.ok()) return false;
  proof.set_client_auth(*std::move(auth));
  send(proof);
  const std::optional<wire::ServerMessage> server_auth = receive();
  if (!server_auth || !server_auth->has_server_auth()) return false;
  absl::StatusOr<Agreement> agreement = handshake.on_server_auth(server_auth->server_auth());
  if (!agreement.ok()) return false;
  agreement_ = *std::move(agreement);
  if (agreement_.protection == Protection::kTag) {
    to_server_.emplace(agreement_.keys->to_server);
    from_server_.emplace(agreement_.keys->to_client);
  }
  return true;
}

bool RawStream::send_batch(const wire::ClientBatch& batch) {
  wire::ClientMessage message;
  message.mutable_frame()->set_body(batch.SerializeAsString());
  if (to_server_) message.mutable_frame()->set_tag(to_server_->tag(message.frame().body()));
  return send(message);
}

std::optional<wire::ServerBatch> RawStream::receive_batch() {
  const std::optional<wire::ServerMessage> message = receive();
  if (!message || !message->has_frame()) return std::nullopt;
  const wire::Frame& frame = message->frame();
  if (from_server_ && !from_server_->verify(frame.body(), frame.tag())) return std::nullopt;
  wire::ServerBatch batch;
  if (!batch.ParseFromString(frame.body())) return std::nullopt;
  return batch;
}

}  // namespace syncmanager
