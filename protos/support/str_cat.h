#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace syncmanager {

// Debian builds Abseil for C++14, so that absl::string_view is a type of its own. These three are
// the crossing: everything of ours speaks std::string_view.

inline absl::string_view to_absl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view to_std(absl::string_view text) { return {text.data(), text.size()}; }

// absl::StrCat, which also takes std::string_view.
template <typename... Parts>
std::string str_cat(const Parts&... parts) {
  const auto crossed = [](const auto& part) -> decltype(auto) {
    using Part = std::decay_t<decltype(part)>;
    if constexpr (std::is_same_v<Part, std::string_view>) {
      return to_absl(part);
    } else {
      return (part);
    }
  };
  return absl::StrCat(crossed(parts)...);
}

}  // namespace syncmanager
