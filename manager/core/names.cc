#include "manager/core/names.h"

#include <cstdint>
#include <string>

#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"

namespace syncmanager::manager {
namespace {

// Control characters, line and paragraph separators, and the marks that reorder what is shown.
bool may_be_shown(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
  const bool separator = c == 0x2028 || c == 0x2029;
  const bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  return !control && !separator && !direction;
}

absl::Status invalid(const std::string& rule) {
  return absl::InvalidArgumentError(str_cat("an object's name ", rule));
}

}  // namespace

absl::Status check_name(std::string_view name, const Limits& limits) {
  if (name.empty() || name.size() > limits.name_bytes) {
    return invalid(str_cat("has 1 to ", limits.name_bytes, " bytes, not ", name.size()));
  }
  for (std::string_view rest = name; !rest.empty();) {
    const std::optional<char32_t> c = take_code_point(rest);
    if (!c) return invalid("is valid UTF-8");
    if (!may_be_shown(*c)) {
      return invalid("has no control characters, line separators or direction marks");
    }
  }
  std::string_view inner = name;
  if (inner.starts_with('/')) inner.remove_prefix(1);
  size_t segments = 0;
  for (bool more = true; more;) {
    const size_t end = inner.find('/');
    const std::string_view segment = inner.substr(0, end);
    more = end != std::string_view::npos;
    if (more) inner.remove_prefix(end + 1);
    if (segment.empty() || segment == "." || segment == "..") {
      return invalid("has no empty segment between slashes, and none that is . or ..");
    }
    if (++segments > limits.name_segments) {
      return invalid(str_cat("has at most ", limits.name_segments, " segments"));
    }
  }
  return absl::OkStatus();
}

absl::Status check_prefix(std::string_view name, std::string_view prefix) {
  if (prefix.empty()) return absl::OkStatus();
  std::string_view whole = prefix;
  if (whole.ends_with('/')) whole.remove_suffix(1);
  const bool inside =
      name.starts_with(whole) && (name.size() == whole.size() || name[whole.size()] == '/');
  if (inside) return absl::OkStatus();
  return absl::PermissionDeniedError(
      str_cat("this key is for names below \"", std::string(prefix), "\" only"));
}

}  // namespace syncmanager::manager
