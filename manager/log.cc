#include "manager/log.h"

#include <google/protobuf/stubs/logging.h>
#include <spdlog/details/os.h>
#include <spdlog/formatter.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "manager/log_writer.h"
#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"

namespace syncmanager::manager {
namespace {

constexpr size_t kLongestMessage = 2048;
// How long the end of the process waits for the last lines to leave.
constexpr std::chrono::milliseconds kFlushPatience{100};

// Whether `c` moves the cursor, ends a line or turns the direction: C0 and C1 controls, DEL,
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

std::string dropped_line(bool json, uint64_t dropped) {
  const std::string text = str_cat(dropped, " lines of the log were dropped: nobody read them");
  const spdlog::details::log_msg message(spdlog::string_view_t(), spdlog::level::err, text);
  spdlog::memory_buf_t line;
  LineFormatter(json).format(message, line);
  return {line.data(), line.size()};
}

// Standard error; a terminal gets the level in its color.
class StandardError : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit StandardError(bool json)
      : base_sink(std::make_unique<LineFormatter>(json)),
        has_colors_(spdlog::details::os::in_terminal(stderr) &&
                    spdlog::details::os::is_color_terminal()),
        writer_(STDERR_FILENO, [json](uint64_t dropped) { return dropped_line(json, dropped); }) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const std::string_view text(line.data(), line.size());
    if (!has_colors_ || message.color_range_end == 0) return writer_.write(text);
    const size_t begin = message.color_range_start, end = message.color_range_end;
    writer_.write(str_cat(text.substr(0, begin), color_of(message.level),
                          text.substr(begin, end - begin), "\033[m", text.substr(end)));
  }

  void flush_() override { writer_.flush(kFlushPatience); }

 private:
  static const char* color_of(spdlog::level::level_enum level) {
    switch (level) {
      case spdlog::level::info:
        return "\033[32m";
      case spdlog::level::warn:
        return "\033[33m\033[1m";
      case spdlog::level::err:
        return "\033[31m\033[1m";
      default:
        return "\033[36m";
    }
  }

  const bool has_colors_;
  LogWriter writer_;
};

// Protobuf prints what it finds wrong in a message of a peer.
void log_protobuf(google::protobuf::LogLevel level, const char*, int, const std::string& message) {
  const bool fatal = level == google::protobuf::LOGLEVEL_FATAL;
  spdlog::log(fatal ? spdlog::level::err : spdlog::level::debug, "protobuf: {}", message);
}

}  // namespace

std::string on_one_line(std::string_view text) { return escape(text, "\\x%02X", false); }

std::string in_json(std::string_view text) { return escape(text, "\\\\x%02X", true); }

absl::Status set_up_log(std::string_view level, bool json) {
  const auto chosen = spdlog::level::from_str(std::string(level));
  if (chosen == spdlog::level::off && level != "off") {
    return absl::InvalidArgumentError(
        str_cat("log level \"", level, "\"; expected debug, info, warn, error or off"));
  }
  auto logger =
      std::make_shared<spdlog::logger>("syncmanagerd", std::make_shared<StandardError>(json));
  logger->set_level(chosen);
  spdlog::set_default_logger(std::move(logger));
  google::protobuf::SetLogHandler(&log_protobuf);
  return absl::OkStatus();
}

}  // namespace syncmanager::manager
