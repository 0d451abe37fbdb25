// Names, prefixes and roles against a slow and obvious reference. The first byte is the length of
// the prefix, which comes next; the rest is the name, and to roles an encoded Request.
#include <algorithm>
#include <string>
#include <vector>

#include "manager/core/names.h"
#include "manager/core/permissions.h"
#include "manager/objects/catalog.h"
#include "protos/support/str_cat.h"
#include "tests/fuzz/fuzz.h"

namespace syncmanager::manager {
namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> segments(1);
  for (const char c : path) {
    if (c == '/') {
      segments.emplace_back();
    } else {
      segments.back().push_back(c);
    }
  }
  return segments;
}

// The only bytes that RFC 3629 gives a code point, leading zeros and all.
std::string utf8_of(char32_t c) {
  const auto byte = [c](char32_t mark, int shift, char32_t mask) {
    return static_cast<char>(mark | (c >> shift & mask));
  };
  if (c < 0x80) return {byte(0, 0, 0x7f)};
  if (c < 0x800) return {byte(0xc0, 6, 0x1f), byte(0x80, 0, 0x3f)};
  if (c < 0x10000) return {byte(0xe0, 12, 0x0f), byte(0x80, 6, 0x3f), byte(0x80, 0, 0x3f)};
  return {byte(0xf0, 18, 0x07), byte(0x80, 12, 0x3f), byte(0x80, 6, 0x3f), byte(0x80, 0, 0x3f)};
}

// The code point that `bytes` begin with, found by what it would be encoded as; -1 if there is
// none.
int64_t first_code_point(const std::string& bytes) {
  for (size_t size = 1; size <= 4 && size <= bytes.size(); ++size) {
    const auto lead = static_cast<uint8_t>(bytes[0]);
    char32_t c = size == 1 ? lead : lead & (0x7fu >> size);
    for (size_t i = 1; i < size; ++i) c = c << 6 | (static_cast<uint8_t>(bytes[i]) & 0x3f);
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) continue;
    if (utf8_of(c) == bytes.substr(0, size)) return c;
  }
  return -1;
}

bool may_be_shown(int64_t c) {
  for (const auto& [first, last] : std::vector<std::pair<int64_t, int64_t>>{
           {-1, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2066, 0x2069}}) {
    if (c >= first && c <= last) return false;
  }
  return true;
}

bool is_name(const std::string& name) {
  if (name.empty() || name.size() > 255) return false;
  for (size_t at = 0; at < name.size();) {
    const int64_t c = first_code_point(name.substr(at));
    if (!may_be_shown(c)) return false;
    at += utf8_of(static_cast<char32_t>(c)).size();
  }
  std::vector<std::string> segments = split(name);
  if (name[0] == '/') segments.erase(segments.begin());
  return segments.size() <= 16 && std::none_of(segments.begin(), segments.end(), [](auto& each) {
           return each.empty() || each == "." || each == "..";
         });
}

bool is_below(const std::string& name, const std::string& prefix) {
  if (prefix.empty()) return true;
  std::vector<std::string> outer = split(prefix);
  if (outer.back().empty()) outer.pop_back();
  const std::vector<std::string> inner = split(name);
  return inner.size() >= outer.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

void check_names(const std::string& name, const std::string& prefix) {
  const Limits limits;
  const absl::Status named = check_name(name, limits);
  require(named.ok() == is_name(name), "a name by the rules");
  require(named.ok() || absl::IsInvalidArgument(named), "a name that isn't");
  const bool inside = check_prefix(name, prefix).ok();
  require(inside == is_below(name, prefix), "a name below its prefix");
  require(!inside || check_prefix(name + "/x", prefix).ok(), "what is below it is inside too");
}

void check_roles(std::string_view encoded) {
  wire::Request request;
  if (!request.ParseFromArray(encoded.data(), static_cast<int>(encoded.size()))) return;
  const bool reads = may_perform(Role::kReadOnly, request, catalog());
  const bool produces = may_perform(Role::kProduce, request, catalog());
  const bool consumes = may_perform(Role::kConsume, request, catalog());
  require(may_perform(Role::kReadWrite, request, catalog()) &&
              may_perform(Role::kAdmin, request, catalog()),
          "these may do everything");
  require(!reads || (produces && consumes), "a role that may do something may read");
  const bool opens = request.has_registry() && request.registry().has_open();
  require(reads || !(produces && consumes) || opens, "nothing else is everybody's");
}

}  // namespace
}  // namespace syncmanager::manager

namespace syncmanager {

void fuzz(std::string_view input) {
  using namespace manager;
  if (input.empty()) return;
  const size_t size = std::min<size_t>(static_cast<uint8_t>(input[0]), input.size() - 1);
  const std::string_view name = input.substr(1 + size);
  check_names(std::string(name), std::string(input.substr(1, size)));
  check_roles(name);
}

}  // namespace syncmanager
