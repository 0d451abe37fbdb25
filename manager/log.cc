#include "manager/log.h"

#include <spdlog/details/fmt_helper.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "protos/str_cat.h"
#include "protos/utf8.h"

namespace syncmanager {
namespace {

constexpr size_t kLongestMessage = 2048;

// What moves the cursor, ends a line or turns the direction of writing: C0 and C1 controls, DEL,
// line and paragraph separators, bidirectional controls.
bool changes_the_line(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 ||
         (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

void append_hex(std::string& out, const char* format, unsigned value) {
  char text[12];
  std::snprintf(text, sizeof(text), format, value);
  out += text;
}

// `bad_byte` is a format for a byte that isn't UTF-8.
std::string escape(std::string_view text, const char* bad_byte, bool in_quotes) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<char32_t> c = take_code_point(text);
    if (!c) {
      append_hex(out, bad_byte, static_cast<unsigned char>(before[0]));
      text.remove_prefix(1);
    } else if (changes_the_line(*c)) {
      append_hex(out, "\\u%04x", static_cast<unsigned>(*c));
    } else {
      if (in_quotes && (*c == '"' || *c == '\\')) out += '\\';
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

// Both escape the message as a whole, so that nobody who logs can forget to.
class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(bool json)
      : json_(json),
        pattern_(std::make_unique<spdlog::pattern_formatter>(
            json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","message":"%v"})"
                 : "%Y-%m-%d %H:%M:%S.%e %^%-7l%$ %v")) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view text(message.payload.data(),
                                std::min(message.payload.size(), kLongestMessage));
    const std::string safe = json_ ? in_json(text) : on_one_line(text);
    spdlog::details::log_msg copy = message;
    copy.payload = spdlog::string_view_t(safe.data(), safe.size());
    pattern_->format(copy, out);
    message.color_range_start = copy.color_range_start;
    message.color_range_end = copy.color_range_end;
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(json_);
  }

 private:
  const bool json_;
  const std::unique_ptr<spdlog::pattern_formatter> pattern_;
};

}  // namespace

std::string on_one_line(std::string_view text) { return escape(text, "\\x%02X", false); }

std::string in_json(std::string_view text) { return escape(text, "\\\\x%02X", true); }

absl::Status set_up_log(std::string_view level, bool json) {
  const auto chosen = spdlog::level::from_str(std::string(level));
  if (chosen == spdlog::level::off && level != "off") {
    return absl::InvalidArgumentError(
        str_cat("log level \"", level, "\"; expected debug, info, warn, error or off"));
  }
  auto logger = spdlog::stderr_color_mt("syncmanagerd");
  logger->set_formatter(std::make_unique<LineFormatter>(json));
  logger->set_level(chosen);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

}  // namespace syncmanager
