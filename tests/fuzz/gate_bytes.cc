// Bytes that arrive at the gate; the first byte chooses the pieces. However the bytes are cut, the
// reader's result is the same, and it never wants a byte that comes after the message.
#include <algorithm>
#include <string>

#include "protos/gate.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager {
namespace {

struct Outcome {
  GateReader::State state = GateReader::State::kIncomplete;
  std::string content;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, size_t piece) {
  GateReader reader;
  Outcome outcome;
  while (!bytes.empty() && outcome.state == GateReader::State::kIncomplete) {
    const size_t size = std::min({piece, reader.wanted(), bytes.size()});
    require(size > 0, "an incomplete message wants more");
    outcome.state = reader.add(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  if (outcome.state == GateReader::State::kMessage) outcome.content = reader.content();
  if (outcome.state == GateReader::State::kRefusal) {
    outcome.content = read_refusal(reader.content()).message();
  }
  require(reader.size() <= kGateBytes, "no more is kept than may be sent");
  return outcome;
}

}  // namespace

void fuzz(std::string_view input) {
  if (input.empty()) return;
  const size_t piece = static_cast<uint8_t>(input[0]) + size_t{1};
  const std::string_view bytes = input.substr(1);
  require(read(bytes, piece) == read(bytes, SIZE_MAX), "the same however it is cut");
}

}  // namespace syncmanager
