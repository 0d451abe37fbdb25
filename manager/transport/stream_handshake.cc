// How a stream begins: its call, the two messages of the handshake each way, and the health check.

#include <spdlog/spdlog.h>

#include <utility>

#include "manager/transport/messages.h"
#include "manager/transport/server.h"
#include "manager/transport/stream.h"
#include "protos/frame.h"
#include "protos/health.pb.h"
#include "protos/str_cat.h"

namespace syncmanager {
namespace {

constexpr char kHealthMethod[] = "/grpc.health.v1.Health/Check";
constexpr char kService[] = "syncmanager.wire.Manager";

constexpr Duration kHandshakeTime = std::chrono::seconds(5);

wire::HandshakeError::Code error_code(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnauthenticated:
      return wire::HandshakeError::UNAUTHENTICATED;
    case absl::StatusCode::kResourceExhausted:
      return wire::HandshakeError::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kUnavailable:
      return wire::HandshakeError::DRAINING;
    default:
      return wire::HandshakeError::BAD_HANDSHAKE;
  }
}

}  // namespace

void Stream::on_called(bool ok) {
  if (!ok) {
    over_ = true;  // The server has shut down.
    return;
  }
  peer_ = call_.peer();
  is_unix_ = peer_.starts_with("unix:");
  stage_ = Stage::kHello;
  server_.await_call();
  if (call_.method() == kHealthMethod) {
    stage_ = Stage::kHealth;
  } else if (call_.method() == kSessionMethod) {
    handshake_ = std::make_unique<ServerHandshake>(server_.policy(is_unix_));
  } else {
    return finish(std::nullopt, {grpc::StatusCode::UNIMPLEMENTED, "the one method is Session"});
  }
  deadline_ = server_.now() + kHandshakeTime;
  server_.watch(deadline_);
}

void Stream::answer_health() {
  grpc::health::v1::HealthCheckRequest request;
  if (!parse(incoming_, request)) {
    return finish(std::nullopt, {grpc::StatusCode::INVALID_ARGUMENT, "no HealthCheckRequest"});
  }
  if (!request.service().empty() && request.service() != kService) {
    return finish(std::nullopt, {grpc::StatusCode::NOT_FOUND, "there is no such service"});
  }
  grpc::health::v1::HealthCheckResponse response;
  response.set_status(server_.is_draining() ? grpc::health::v1::HealthCheckResponse::NOT_SERVING
                                            : grpc::health::v1::HealthCheckResponse::SERVING);
  finish(encode(response), grpc::Status::OK);
}

void Stream::on_hello(std::string_view bytes) {
  absl::StatusOr<std::string> answer = handshake_->on_client_hello(bytes);
  if (!answer.ok())
    return fail(error_code(answer.status().code()), to_std(answer.status().message()));
  wire::ServerMessage message;
  message.set_server_hello(*std::move(answer));
  stage_ = Stage::kProof;
  write(encode(message));
}

// The session is there before the last message is sent, so that a limit is met in the handshake.
void Stream::on_proof(std::string_view bytes) {
  const absl::Status proved = handshake_->on_client_auth(bytes);
  if (proved.ok() || absl::IsUnauthenticated(proved)) {
    server_.options().on_proof(peer_, proved.ok());
  }
  if (!proved.ok()) {
    return fail(error_code(proved.code()), to_std(proved.message()));
  }
  const Agreement& agreed = handshake_->agreement();
  wire::ServerMessage message;
  if (agreed.resume == ResumeResult::kUnknown) {
    // It wants that session or none.
    message.set_server_auth(handshake_->accept());
    return finish(encode(message), grpc::Status::OK);
  }
  const bool resumes = agreed.resume == ResumeResult::kResumed;
  const absl::Status joined = resumes ? resume_session(agreed) : open_session(agreed);
  if (!joined.ok()) return fail(error_code(joined.code()), to_std(joined.message()));
  message.set_server_auth(handshake_->accept());
  if (agreed.protection == Protection::kTag) {
    from_client_.emplace(agreed.keys->to_server);
    to_client_.emplace(agreed.keys->to_client);
  }
  timeout_ = std::chrono::milliseconds(agreed.session_timeout_ms);
  max_frame_ = agreed.max_frame;
  if (!is_unix_) {
    server_.resume_keys().add(session_, agreed.session_id, agreed.key_id, agreed.keys);
  }
  handshake_.reset();
  stage_ = Stage::kOpen;
  deadline_ = is_unix_ ? kNever : server_.now() + timeout_;
  server_.watch(deadline_);
  write(encode(message));
}

absl::Status Stream::open_session(const Agreement& agreed) {
  wire::SessionOpened opened;
  opened.set_session_id(agreed.session_id);
  opened.set_key_id(agreed.key_id);
  opened.set_role(agreed.role);
  opened.set_prefix(agreed.prefix);
  opened.set_client_name(agreed.client_name);
  const absl::StatusOr<SessionNumber> session = server_.house().ask(
      [&](Engine& engine) { return engine.open_session(opened, server_.now()); });
  if (!session.ok()) return session.status();
  session_ = *session;
  server_.bind(session_, *this);
  spdlog::info("session {} opened: key \"{}\", client \"{}\", from {}", session_, agreed.key_id,
               agreed.client_name, peer_);
  return absl::OkStatus();
}

// What the client has not received leaves after the last message of the handshake.
absl::Status Stream::resume_session(const Agreement& agreed) {
  const SessionNumber number = server_.resume_keys().number_of(agreed.session_id);
  if (!server_.resume_session(number, agreed.received, *this)) {
    return absl::InvalidArgumentError(
        str_cat("the session was never sent ", agreed.received, " replies and notices"));
  }
  session_ = number;
  sent_ = {.outputs = agreed.received};
  sent_bytes_ = server_.house().ask([&](Engine& engine) {
    const Session& session = *engine.session(number);
    return session.emitted_bytes() - session.output_bytes();
  });
  spdlog::info("session {} resumed from {}", session_, peer_);
  return absl::OkStatus();
}

}  // namespace syncmanager
