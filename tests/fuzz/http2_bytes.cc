// Bytes that arrive behind the gate; the first bytes choose the end and the pieces.
// However the bytes are cut, the messages and the error are the same.
#include <algorithm>
#include <string>
#include <vector>

#include "protos/http2_stream.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager {
namespace {

constexpr size_t kMostBytes = 4096;

struct Outcome {
  std::vector<std::string> messages;
  std::string error;
  bool has_ended = false, is_open = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read(Http2Stream::Side side, std::string_view bytes, size_t piece, bool keeps) {
  Http2Stream stream(side, kMostBytes);
  Outcome outcome;
  while (!bytes.empty()) {
    std::string arrived(bytes.substr(0, piece));
    bytes.remove_prefix(arrived.size());
    stream.receive(arrived);
    if (keeps && stream.has_rest()) {
      stream.keep_rest();
      std::fill(arrived.begin(), arrived.end(), '?');
    }
    while (const auto message = stream.next()) outcome.messages.emplace_back(*message);
    stream.output().clear();
  }
  outcome.error = stream.error();
  outcome.has_ended = stream.has_ended();
  outcome.is_open = stream.is_open();
  for (const std::string& message : outcome.messages) {
    require(message.size() <= kMostBytes, "no message is too long");
  }
  return outcome;
}

}  // namespace

void fuzz(std::string_view input) {
  if (input.size() < 2) return;
  const bool server = (input[0] & 1) == 0;
  const auto side = server ? Http2Stream::Side::kServer : Http2Stream::Side::kClient;
  const size_t piece = static_cast<uint8_t>(input[1]) + size_t{1};
  // A fuzzer would have to find the preface, the settings and the headers first.
  std::string bytes;
  if (server && (input[0] & 2) == 0) {
    Http2Stream client(Http2Stream::Side::kClient, kMostBytes);
    bytes = client.output();
  }
  bytes += input.substr(2);
  const Outcome whole = read(side, bytes, SIZE_MAX, false);
  require(read(side, bytes, piece, false) == whole, "the same however it is cut");
  require(read(side, bytes, piece, true) == whole, "the same if it is kept");
}

}  // namespace syncmanager
