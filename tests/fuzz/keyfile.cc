// Key files: the text that an administrator wrote, or an editor mangled. Errors name the line, and
// no error may quote a key.
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager {
namespace {

constexpr size_t kShortestSecret = 40;

struct Line {
  std::string id, key;
};

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string id, role, prefix, not_after, key;
    if (words >> id >> role >> prefix >> not_after >> key) lines.push_back({id, key});
  }
  return lines;
}

void check_complaint(std::string_view complaint, const std::vector<Line>& lines) {
  require(complaint.starts_with("there: "), "an error names its source");
  for (const Line& line : lines) {
    // An id is quoted, and may look like a key.
    bool is_id = line.key.size() < kShortestSecret;
    for (const Line& other : lines) is_id = is_id || other.id.find(line.key) != std::string::npos;
    require(is_id || complaint.find(line.key) == std::string_view::npos,
            "an error doesn't quote a key");
  }
}

}  // namespace

void fuzz(std::string_view input) {
  const absl::StatusOr<KeyRing> ring = KeyRing::parse(input, "there");
  const std::vector<Line> lines = lines_of(input);
  if (!ring.ok()) return check_complaint(to_std(ring.status().message()), lines);

  constexpr int64_t kLongAgo = std::numeric_limits<int64_t>::min();
  require(ring->size() >= 1, "a ring has a key");
  require(ring->find(ring->first().id, kLongAgo) == &ring->first(), "the first is a key of it");
  size_t found = 0;
  for (const Line& line : lines) {
    const FileKey* key = ring->find(line.id, kLongAgo);
    if (key == nullptr) continue;  // A comment.
    ++found;
    require(key->keys != nullptr && key->role >= 1 && key->role <= 5 && key->prefix.size() <= 255,
            "what was read is complete");
    require(key->not_after == 0 || ring->find(line.id, key->not_after) == key,
            "the last day is one on which it counts");
    require(key->not_after == 0 || ring->find(line.id, key->not_after + 1) == nullptr,
            "the day after isn't");
  }
  require(found >= ring->size(), "each key stands in a line");
}

}  // namespace syncmanager
