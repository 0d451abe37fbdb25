#include "tests/support/raw_stream.h"

#include <fcntl.h>
#include <grpc/grpc.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <utility>

namespace syncmanager {
namespace {

constexpr std::chrono::seconds kLongestWait{10};

std::shared_ptr<grpc::Channel> channel_on(int socket) {
  ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomInsecureChannelFromFd("localhost", socket, arguments);
}

}  // namespace

RawStream::RawStream(const std::string& target, grpc_compression_algorithm compression)
    : gate_(target) {
  call_.set_compression_algorithm(compression);
}

RawStream::~RawStream() {
  if (messages_ != nullptr) call_.TryCancel();
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
    // A read or write under way refers to memory of its caller: it ends before this returns.
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
  return open(key, {.key_id = key.id, .name = name, .must_protect = must_protect});
}

bool RawStream::resume(const FileKey& key, const Agreement& session, uint64_t received) {
  return open(key, {.key_id = key.id,
                    .name = "raw",
                    .must_protect = true,
                    .resume = Resume{session.session_id, received},
                    .resume_keys = session.keys});
}

bool RawStream::open(const FileKey& key, ClientHandshake::Policy policy) {
  if (!gate_.pass(key, std::move(policy))) return false;
  if (agreement().protection == Protection::kTag) {
    to_server_.emplace(agreement().keys->to_server);
    from_server_.emplace(agreement().keys->to_client);
  }
  channel_ = channel_on(gate_.release());
  stub_ = std::make_unique<grpc::GenericStub>(channel_);
  messages_ = stub_->PrepareCall(&call_, kSessionMethod, &queue_);
  messages_->StartCall(this);
  wait();
  return true;
}

const wire::HandshakeError& RawStream::error() const {
  return error_.code() != 0 ? error_ : gate_.error();
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
