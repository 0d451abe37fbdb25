#include "manager/gateway/bridge.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "protos/gate.h"
#include "protos/grpc_status.h"

namespace syncmanager::manager {
namespace {

constexpr int kGatePatienceMs = 10'000;
constexpr size_t kAnswerBytes = 2048;

wire::HandshakeError bad_handshake(const std::string& why) {
  wire::HandshakeError error;
  error.set_code(wire::HandshakeError::BAD_HANDSHAKE);
  error.set_message(why);
  return error;
}

grpc::Status status_of(const wire::HandshakeError& error) {
  return {static_cast<grpc::StatusCode>(grpc_status(error.code())), error.message()};
}

grpc::Status unavailable(const std::string& why) { return {grpc::StatusCode::UNAVAILABLE, why}; }

bool await(int socket, short events) {
  pollfd watched{socket, events, 0};
  return ::poll(&watched, 1, kGatePatienceMs) == 1;
}

}  // namespace

Bridge::Bridge(const Channel& channel, std::string client)
    : thread_([this, &channel, client = std::move(client)] { run(channel, client); }) {}

Bridge::~Bridge() {
  thread_.join();
  if (socket_ >= 0) ::close(socket_);
}

// ---- gRPC's threads.

void Bridge::OnReadDone(bool ok) {
  Lock lock(mutex_);
  has_read_ = true;
  client_ended_ = !ok;
  changed_.notify_all();
  if (!passes_frames_) return;
  lock.unlock();
  if (!ok) return manager_->finish();
  if (pass_frame()) StartRead(&incoming_);
}

bool Bridge::pass_frame() {
  if (!incoming_.has_frame()) {
    manager_->cancel();  // What a client says out of turn the manager would end the stream for.
    return false;
  }
  return manager_->write(incoming_.frame().body(), incoming_.frame().tag());
}

void Bridge::OnWriteDone(bool ok) {
  const Lock lock(mutex_);
  has_written_ = true;
  client_lost_ |= !ok;
  changed_.notify_all();
}

void Bridge::OnCancel() {
  const Lock lock(mutex_);
  client_lost_ = client_ended_ = true;
  changed_.notify_all();
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

// ---- The bridge's thread.

void Bridge::run(const Channel& channel, const std::string& client) {
  {
    const Lock lock(mutex_);
    socket_ = channel.connect(client);
  }
  if (socket_ < 0) return Finish(unavailable("the manager can't be reached"));
  if (const std::optional<grpc::Status> failed = pass_gate()) return Finish(*failed);
  Finish(pass_frames());
}

std::optional<grpc::Status> Bridge::pass_gate() {
  for (const bool is_hello : {true, false}) {
    const std::optional<wire::ClientMessage> message = read();
    if (!message) return unavailable("the client has left");
    if (is_hello ? !message->has_client_hello() : !message->has_client_auth()) {
      return refuse(bad_handshake("a message out of its turn"));
    }
    const std::string& bytes = is_hello ? message->client_hello() : message->client_auth();
    if (auto failed = ask_gate(bytes, is_hello)) return failed;
  }
  return std::nullopt;
}

std::optional<grpc::Status> Bridge::ask_gate(const std::string& message, bool is_hello) {
  if (message.size() > kGateBytes) {
    return refuse(bad_handshake("a message of the handshake that is too long"));
  }
  const std::string bytes = gate_message(message);
  ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  GateReader answer(kAnswerBytes);
  GateReader::State state = GateReader::State::kIncomplete;
  std::array<char, kAnswerBytes> room;
  while (state == GateReader::State::kIncomplete) {
    if (!await(socket_, POLLIN)) return unavailable("the manager didn't answer in time");
    const ssize_t size = ::recv(socket_, room.data(), answer.wanted(), 0);
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (size <= 0) return unavailable("the manager closed the connection");
    state = answer.add({room.data(), static_cast<size_t>(size)});
  }
  if (state == GateReader::State::kRefusal) return refuse(read_refusal(answer.content()));
  if (state != GateReader::State::kMessage) return unavailable("the manager made no sense");
  wire::ServerMessage reply;
  (is_hello ? *reply.mutable_server_hello() : *reply.mutable_server_auth()) = answer.content();
  if (!write(reply)) return unavailable("the client has left");
  return std::nullopt;
}

grpc::Status Bridge::pass_frames() {
  manager_ = std::make_unique<Stream>(connection_.emplace(socket_), kLargestMessage);
  {
    const Lock lock(mutex_);
    passes_frames_ = true;
  }
  StartRead(&incoming_);
  wire::HandshakeError error;
  while (true) {
    switch (manager_->next(Stream::Clock::time_point::max())) {
      case Stream::Event::kNothing:
        break;
      case Stream::Event::kWritten:
        StartRead(&incoming_);
        break;
      case Stream::Event::kReceived: {
        wire::ServerMessage message;
        const std::string_view bytes = manager_->received();
        message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        if (message.has_error()) error = message.error();
        if (!write(message)) manager_->cancel();
        break;
      }
      case Stream::Event::kClosed:
        if (error.code() != 0) return status_of(error);
        return manager_->ended_in_order() ? grpc::Status::OK : unavailable(manager_->why());
    }
  }
}

grpc::Status Bridge::refuse(const wire::HandshakeError& error) {
  wire::ServerMessage message;
  *message.mutable_error() = error;
  write(message);
  return status_of(error);
}

std::optional<wire::ClientMessage> Bridge::read() {
  {
    const Lock lock(mutex_);
    has_read_ = false;
  }
  StartRead(&incoming_);
  Lock lock(mutex_);
  changed_.wait(lock, [this] { return has_read_; });
  if (client_ended_) return std::nullopt;
  return incoming_;
}

bool Bridge::write(const wire::ServerMessage& message) {
  {
    const Lock lock(mutex_);
    if (client_lost_) return false;
    has_written_ = false;
  }
  outgoing_ = message;
  StartWrite(&outgoing_);
  Lock lock(mutex_);
  changed_.wait(lock, [this] { return has_written_; });
  return !client_lost_;
}

}  // namespace syncmanager::manager
