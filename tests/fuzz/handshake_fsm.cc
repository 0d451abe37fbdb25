// A handshake with one of its messages changed on the way. The input says whether a session is
// resumed, which message, where, how many bytes are taken out, and what is put there instead. Both
// ends may only come to an agreement if nothing was changed, and nobody trusts a changed message.
#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "protos/auth/handshake.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/dice.h"

namespace syncmanager {
namespace {

enum Message { kClientHello, kServerHello, kClientAuth, kServerAuth, kMessages };

struct Change {
  bool resumes = false;
  uint64_t message = 0;
  size_t at = 0;
  size_t removed = 0;
  std::string_view added;

  // The message as it arrives.
  std::string carry(Message which, const std::string& sent) const {
    if (which != message) return sent;
    std::string arrived = sent;
    return arrived.replace(std::min(at, sent.size()), removed, added);
  }
};

// Both ends, as far as they come.
struct Outcome {
  bool changed = false;
  bool server_trusts = false;
  bool client_trusts = false;
};

std::string not_random(size_t size) { return std::string(size, 'r'); }

Outcome shake(const Change& change) {
  static const auto kKeys = std::make_shared<const AuthKeys>(std::string(32, 'k'));
  static const auto kNobody = std::make_shared<const AuthKeys>(std::string(32, 'n'));
  static const std::shared_ptr<const SessionKeys> kOld =
      std::make_shared<const SessionKeys>(*kKeys, std::string(32, 'o'));
  static const std::string kOldId(kIdBytes, 'i');

  ClientHandshake::Policy client_policy{.key_id = "key", .name = "client", .must_protect = true};
  if (change.resumes) client_policy.resume = Resume{kOldId, 41};
  if (change.resumes) client_policy.resume_keys = kOld;
  ClientHandshake client(*kKeys, client_policy, not_random);
  ServerHandshake server(
      {.server_id = "manager",
       .boot_id = std::string(kIdBytes, 'b'),
       .must_protect = true,
       .find_key = [](std::string_view id) -> std::optional<ServerHandshake::Key> {
         if (id != "key") return std::nullopt;
         return ServerHandshake::Key{.role = 2, .prefix = "/jobs/", .keys = kKeys};
       },
       .nobody = kNobody,
       .find_session =
           [](std::string_view id, std::string_view) {
             return id == kOldId ? std::vector{kOld}
                                 : std::vector<std::shared_ptr<const SessionKeys>>();
           }},
      not_random);

  Outcome outcome;
  const auto carry = [&](Message which, const std::string& sent) {
    std::string arrived = change.carry(which, sent);
    outcome.changed = outcome.changed || arrived != sent;
    return arrived;
  };
  const auto server_hello = server.on_client_hello(carry(kClientHello, client.hello()));
  if (!server_hello.ok()) return outcome;
  const auto proof = client.on_server_hello(carry(kServerHello, *server_hello));
  if (!proof.ok()) return outcome;
  if (!server.on_client_auth(carry(kClientAuth, *proof)).ok()) return outcome;
  require(!outcome.changed, "the manager lets in only who sent and saw what it saw and sent");
  outcome.server_trusts = true;
  const auto agreed = client.on_server_auth(carry(kServerAuth, server.accept()));
  outcome.client_trusts = agreed.ok();
  if (!agreed.ok()) return outcome;
  require(agreed->session_id == server.agreement().session_id &&
              agreed->resume == server.agreement().resume &&
              agreed->keys->to_server.view() == server.agreement().keys->to_server.view(),
          "both ends agree");
  require((agreed->resume == ResumeResult::kResumed) == change.resumes, "resumed if asked for");
  return outcome;
}

}  // namespace

void fuzz(std::string_view input) {
  constexpr size_t kHead = 6;
  if (input.size() < kHead) return;
  WrittenDice dice(input.substr(0, kHead));
  Change change;
  change.resumes = dice.below(2) == 1;
  change.message = dice.below(kMessages);
  change.at = dice.below(1 << 16);
  change.removed = dice.below(1 << 16);
  change.added = input.substr(kHead);
  const Outcome outcome = shake(change);
  require(outcome.client_trusts == !outcome.changed, "agreed exactly if nothing was changed");
  require(outcome.server_trusts || outcome.changed, "an honest client gets in");
}

}  // namespace syncmanager
