// The handshake's messages, which are parsed before anybody has proved anything. They are hashed as
// they travelled, so what is accepted must be encoded to the same bytes again.
#include "protos/auth/handshake_messages.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager {
namespace {

template <typename Message>
void check(std::string_view input) {
  const absl::StatusOr<Message> message = Message::parse(input);
  if (message.ok()) require(message->encode() == input, "one encoding of each message");
}

}  // namespace

void fuzz(std::string_view input) {
  check<ClientHello>(input);
  check<ServerHello>(input);
  check<ClientAuth>(input);
  check<ServerAuth>(input);
}

}  // namespace syncmanager
