#include "manager/flag_values.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_join.h"
#include "protos/support/str_cat.h"
#include "protos/support/units.h"

namespace syncmanager::manager {
namespace {

constexpr uint64_t kAnyNumber = std::numeric_limits<uint64_t>::max();

// Returns the validator that makes such a change. A change returns what it expected, and nothing if
// the word was right.
CLI::Validator validator(std::function<std::string(std::string& word)> change) {
  return CLI::Validator(
      [change = std::move(change)](std::string& word) {
        const std::string given = word;
        const std::string expected = change(word);
        return expected.empty() ? "" : str_cat("expected ", expected, ", not \"", given, "\"");
      },
      "");
}

// Whether the text after a comma is another address, and not the rest of a path.
bool begins_address(std::string_view text) {
  if (text.starts_with("unix:") || text.starts_with("tcp://") || text.starts_with("tls://")) {
    return true;
  }
  const std::string_view first = text.substr(0, text.find(','));
  return first.find('/') == std::string_view::npos && first.find(':') != std::string_view::npos;
}

}  // namespace

CLI::Validator duration_between(std::chrono::microseconds least, std::chrono::microseconds most) {
  return validator([least, most](std::string& word) {
    const std::optional<std::chrono::microseconds> duration = parse_duration(word);
    if (!duration || *duration < least || *duration > most) {
      return str_cat("a duration from ", duration_text(least), " to ", duration_text(most),
                     ", as in 10s, 500ms or 50us");
    }
    word = str_cat(duration->count());
    return std::string();
  });
}

CLI::Validator size_up_to(uint64_t most, std::string_view because) {
  return validator([most, because = std::string(because)](std::string& word) {
    const std::optional<uint64_t> bytes = parse_size(word);
    if (!bytes) return std::string("a size, as in 256MiB, 1.5GiB or 1000 (bytes)");
    if (*bytes > most) return str_cat("at most ", most, " bytes", because);
    word = str_cat(*bytes);
    return std::string();
  });
}

CLI::Validator any_size() { return size_up_to(kAnyNumber, ""); }

CLI::Validator number_up_to(uint64_t most) {
  return validator([most](std::string& word) {
    uint64_t number = 0;
    const char* const end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, number);
    if (parsed.ec == std::errc() && parsed.ptr == end && number <= most) return std::string();
    return most == kAnyNumber ? std::string("a whole number, 0 or more")
                              : str_cat("a whole number from 0 to ", most);
  });
}

CLI::Validator one_of(std::vector<std::string> words) {
  return validator([words = std::move(words)](std::string& word) {
    if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
    const std::string others = absl::StrJoin(words.begin(), words.end() - 1, ", ");
    return str_cat(others, " or ", words.back());
  });
}

CLI::Validator text(std::string_view kind, size_t most) {
  return validator([kind = std::string(kind), most](std::string& word) {
    return word.empty() || word.size() > most ? kind : "";
  });
}

CLI::Validator readable_file() {
  return CLI::Validator(
      [](std::string& path) {
        if (std::filesystem::is_directory(path)) return path + " is a directory; expected a file";
        if (::access(path.c_str(), R_OK) == 0) return std::string();
        return str_cat("\"", path, "\" can't be read: ", std::strerror(errno));
      },
      "");
}

std::vector<std::string> split_addresses(std::string_view text) {
  std::vector<std::string> addresses(1);
  for (; !text.empty(); text.remove_prefix(1)) {
    if (text[0] == ',' && begins_address(text.substr(1))) {
      addresses.emplace_back();
    } else {
      addresses.back() += text[0];
    }
  }
  return addresses;
}

}  // namespace syncmanager::manager
