#include "protos/auth/handshake.h"

#include <openssl/rand.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "absl/strings/escaping.h"
#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

constexpr uint32_t kShortestSessionTimeoutMs = 1'000;
constexpr uint32_t kSmallestFrame = 1'024;

bool offers(std::string_view offered, Protection protection) {
  return offered.find(static_cast<char>(protection)) != std::string_view::npos;
}

absl::Status broken(std::string_view what) {
  return absl::InvalidArgumentError(str_cat("handshake: ", what));
}

// The first of the offers, which stand best first, that a manager may take.
std::optional<Protection> choose(std::string_view offered, bool must_protect) {
  for (const char offer : offered) {
    if (offer == static_cast<char>(Protection::kTag)) return Protection::kTag;
    if (offer == static_cast<char>(Protection::kNone) && !must_protect) return Protection::kNone;
  }
  return std::nullopt;
}

ServerHandshake::Policy with_nobody(ServerHandshake::Policy policy, const Random& random) {
  if (policy.nobody == nullptr) {
    std::string bytes = random(kNonceBytes);
    policy.nobody = std::make_shared<const AuthKeys>(bytes);
    cleanse(bytes);
  }
  return policy;
}

// One text for every cause: which it was stands in the manager's log.
absl::Status refused() { return absl::UnauthenticatedError("authentication failed"); }

Binding binding_of(std::string_view channel_binding) {
  return channel_binding.empty() ? Binding::kNone : Binding::kTlsExporter;
}

}  // namespace

std::string random_bytes(size_t size) {
  std::string out(size, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(size)) != 1) {
    throw std::runtime_error("the machine has no random bytes to give");
  }
  return out;
}

ClientHandshake::ClientHandshake(const AuthKeys& keys, Policy policy, Random random)
    : keys_(keys), policy_(std::move(policy)) {
  hello_.key_id = policy_.key_id;
  hello_.nonce = random(kNonceBytes);
  if (!policy_.must_protect) hello_.offered.push_back(static_cast<char>(Protection::kNone));
  hello_.offered.push_back(static_cast<char>(Protection::kTag));
  hello_.binding = binding_of(policy_.channel_binding);
  hello_.name = policy_.name;
  if (policy_.resume_keys != nullptr) hello_.resume = policy_.resume;
  hello_.max_frame = policy_.max_frame;
  hello_.session_timeout_ms = policy_.session_timeout_ms;
  hello_.extensions[kLargestRequest];  // Asks for it.
}

std::string ClientHandshake::hello() { return hello_bytes_ = hello_.encode(); }

absl::StatusOr<std::string> ClientHandshake::on_server_hello(std::string_view bytes) {
  absl::StatusOr<ServerHello> hello = ServerHello::parse(bytes);
  if (!hello.ok()) return hello.status();
  server_hello_ = *std::move(hello);
  if (server_hello_.version != kProtocolVersion) return broken("a version that wasn't offered");
  if (!offers(hello_.offered, server_hello_.protection)) {
    return broken("a protection that wasn't offered");
  }
  if (server_hello_.binding != hello_.binding) return broken("another binding than asked for");
  if (!policy_.server_id.empty() && server_hello_.server_id != policy_.server_id) {
    return absl::UnauthenticatedError(str_cat("the manager calls itself \"",
                                              absl::CHexEscape(server_hello_.server_id),
                                              "\", not \"", policy_.server_id, "\""));
  }
  transcript_ = transcript(hello_bytes_, bytes, policy_.channel_binding);
  ClientAuth auth{.mac = client_mac(keys_, transcript_), .resume_proof = {}};
  if (hello_.resume) {
    auth.resume_proof = resume_proof(policy_.resume_keys->resume.view(), transcript_);
  }
  return auth_bytes_ = auth.encode();
}

absl::StatusOr<Agreement> ClientHandshake::on_server_auth(std::string_view bytes) {
  if (bytes.size() < kMacBytes) return broken("the manager's proof is missing");
  const std::string_view fields = bytes.substr(0, bytes.size() - kMacBytes);
  const std::string th2 = finished(transcript_, auth_bytes_, fields);
  if (!equal_in_constant_time(server_mac(keys_, th2), bytes.substr(fields.size()))) {
    return absl::UnauthenticatedError("the manager doesn't have the key");
  }
  const absl::StatusOr<ServerAuth> auth = ServerAuth::parse(fields);
  if (!auth.ok()) return auth.status();
  if ((auth->resume == ResumeResult::kNew) != !hello_.resume) {
    return broken("a resume result that doesn't fit what was asked");
  }
  if (auth->resume == ResumeResult::kResumed && auth->session_id != hello_.resume->session_id) {
    return broken("another session than the one to resume");
  }
  return agreed(*auth, th2);
}

Agreement ClientHandshake::agreed(const ServerAuth& auth, std::string_view th2) const {
  return Agreement{.session_id = auth.session_id,
                   .key_id = policy_.key_id,
                   .client_name = policy_.name,
                   .role = auth.role,
                   .prefix = auth.prefix,
                   .resume = auth.resume,
                   .received = auth.resume == ResumeResult::kResumed ? hello_.resume->received : 0,
                   .protection = server_hello_.protection,
                   .max_frame = server_hello_.max_frame,
                   .request_bytes = number_in(auth.extensions, kLargestRequest)
                                        .value_or(std::numeric_limits<uint64_t>::max()),
                   .heartbeat_ms = server_hello_.heartbeat_ms,
                   .session_timeout_ms = server_hello_.session_timeout_ms,
                   .server_id = server_hello_.server_id,
                   .boot_id = server_hello_.boot_id,
                   .keys = std::make_shared<const SessionKeys>(keys_, th2)};
}

ServerHandshake::ServerHandshake(Policy policy, Random random)
    : policy_(with_nobody(std::move(policy), random)), random_(std::move(random)) {}

absl::StatusOr<std::string> ServerHandshake::on_client_hello(std::string_view bytes) {
  const absl::StatusOr<ClientHello> hello = ClientHello::parse(bytes);
  if (!hello.ok()) return hello.status();
  if (hello->version_min > kProtocolVersion || hello->version_max < kProtocolVersion) {
    return broken(str_cat("this manager speaks version ", kProtocolVersion, " only"));
  }
  const std::optional<Protection> protection = choose(hello->offered, policy_.must_protect);
  if (!protection) {
    return broken("this manager protects frames with tags (01), which weren't offered");
  }
  if (hello->binding != binding_of(policy_.channel_binding)) {
    return broken("another channel binding than this connection has");
  }
  wanted_ = hello->resume;
  if (hello->extensions.contains(kLargestRequest)) {
    answers_[kLargestRequest] = extension_of(policy_.request_bytes);
  }
  key_ = policy_.find_key(hello->key_id);
  agreement_.key_id = hello->key_id;
  agreement_.client_name = hello->name;
  agreement_.protection = *protection;
  agreement_.max_frame =
      hello->max_frame == 0
          ? policy_.max_frame
          : std::clamp(hello->max_frame, std::min(kSmallestFrame, policy_.max_frame),
                       policy_.max_frame);
  agreement_.session_timeout_ms =
      hello->session_timeout_ms == 0
          ? policy_.session_timeout_ms
          : std::clamp(hello->session_timeout_ms,
                       std::min(kShortestSessionTimeoutMs, policy_.session_timeout_ms),
                       policy_.session_timeout_ms);
  agreement_.heartbeat_ms = std::min(policy_.heartbeat_ms, agreement_.session_timeout_ms / 3);
  agreement_.server_id = policy_.server_id;
  agreement_.boot_id = policy_.boot_id;

  const ServerHello answer{.version = kProtocolVersion,
                           .server_id = policy_.server_id,
                           .boot_id = policy_.boot_id,
                           .nonce = random_(kNonceBytes),
                           .protection = agreement_.protection,
                           .binding = hello->binding,
                           .max_frame = agreement_.max_frame,
                           .heartbeat_ms = agreement_.heartbeat_ms,
                           .session_timeout_ms = agreement_.session_timeout_ms};
  std::string answer_bytes = answer.encode();
  transcript_ = transcript(bytes, answer_bytes, policy_.channel_binding);
  return answer_bytes;
}

absl::Status ServerHandshake::on_client_auth(std::string_view bytes) {
  const absl::StatusOr<ClientAuth> auth = ClientAuth::parse(bytes);
  if (!auth.ok()) return auth.status();
  if (auth->resume_proof.empty() != !wanted_) {
    return broken("a proof of the session to resume comes if, and only if, the hello names one");
  }
  const AuthKeys& keys = key_ ? *key_->keys : *policy_.nobody;
  if (!equal_in_constant_time(client_mac(keys, transcript_), auth->mac) || !key_) return refused();
  client_auth_ = bytes;
  if (absl::Status status = resume(*auth); !status.ok()) return status;
  agreement_.role = key_->role;
  agreement_.prefix = key_->prefix;
  return absl::OkStatus();
}

// Which session it is to be. Only a client whose key has been verified comes this far, so that
// nobody else can ask which sessions there are.
absl::Status ServerHandshake::resume(const ClientAuth& auth) {
  std::vector<std::shared_ptr<const SessionKeys>> old;
  if (wanted_ && policy_.find_session) {
    old = policy_.find_session(wanted_->session_id, agreement_.key_id);
  }
  if (old.empty()) {
    agreement_.session_id = random_(kIdBytes);
    agreement_.resume = wanted_ ? ResumeResult::kUnknown : ResumeResult::kNew;
    return absl::OkStatus();
  }
  const bool proved = std::any_of(old.begin(), old.end(), [&](const auto& keys) {
    return equal_in_constant_time(resume_proof(keys->resume.view(), transcript_),
                                  auth.resume_proof);
  });
  if (!proved) return refused();
  agreement_.session_id = wanted_->session_id;
  agreement_.received = wanted_->received;
  agreement_.resume = ResumeResult::kResumed;
  return absl::OkStatus();
}

std::string ServerHandshake::accept() {
  const ServerAuth auth{.session_id = agreement_.session_id,
                        .role = agreement_.role,
                        .prefix = agreement_.prefix,
                        .resume = agreement_.resume,
                        .extensions = answers_};
  const std::string fields = auth.encode();
  const std::string th2 = finished(transcript_, client_auth_, fields);
  agreement_.keys = std::make_shared<const SessionKeys>(*key_->keys, th2);
  return fields + server_mac(*key_->keys, th2);
}

}  // namespace syncmanager
