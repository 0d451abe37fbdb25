#include "tools/syncctl/output/text.h"

#include <locale.h>
#include <syncmanager/encoded_value.h>
#include <wchar.h>

#include <array>
#include <limits>

#include "absl/strings/str_format.h"
#include "protos/support/escape.h"
#include "protos/support/utf8.h"
#include "protos/value/print.h"

namespace syncmanager {
namespace {

constexpr std::string_view kEllipsis = "\u2026";

std::string escape(std::string_view text, std::string_view kept) {
  std::string out;
  while (!text.empty()) {
    const std::string_view before = text;
    const std::optional<char32_t> c = take_code_point(text);
    if (!c) {
      append_escape(static_cast<uint8_t>(text[0]), out);
      text.remove_prefix(1);
    } else if (is_escaped(*c) && kept.find(static_cast<char>(*c)) == std::string_view::npos) {
      append_escape(*c, out);
    } else {
      out += before.substr(0, before.size() - text.size());
    }
  }
  return out;
}

// The columns of one character. wcwidth() knows it in a UTF-8 locale only, so this thread gets one.
size_t width_of(char32_t c) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return 1;
  const locale_t before = ::uselocale(utf8);
  const int width = ::wcwidth(static_cast<wchar_t>(c));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<size_t>(width);
}

}  // namespace

std::string print_name(std::string_view name) {
  constexpr size_t kWhole = std::numeric_limits<size_t>::max();
  if (!valid_utf8(name)) return print_value(ValueWriter().bytes(name).take(), kWhole);
  return escape(name, "");
}

std::string on_one_line(std::string_view sentence) { return escape(sentence, "\\"); }

std::string print_text(std::string_view text) { return escape(text, "\\\n\t"); }

size_t width_of(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    if (const std::optional<char32_t> c = take_code_point(text)) {
      width += width_of(*c);
    } else {
      text.remove_prefix(1);
      ++width;
    }
  }
  return width;
}

std::string shorten(std::string_view text, size_t width) {
  if (width_of(text) <= width) return std::string(text);
  size_t left = width - 1;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view after = rest;
    const std::optional<char32_t> c = take_code_point(after);
    if (!c) after.remove_prefix(1);
    const size_t next = c ? width_of(*c) : 1;
    if (next > left) break;
    left -= next;
    rest = after;
  }
  return std::string(text.substr(0, text.size() - rest.size())).append(kEllipsis);
}

std::string print_bytes(uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits = {"B", "KiB", "MiB", "GiB"};
  double amount = static_cast<double>(bytes);
  size_t unit = 0;
  while (amount >= 1024 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return absl::StrFormat(unit == 0 || amount >= 10 ? "%.0f %s" : "%.1f %s", amount, kUnits[unit]);
}

std::string print_duration(std::chrono::microseconds duration) {
  using namespace std::chrono_literals;
  if (duration < 1ms) return absl::StrFormat("%d us", duration.count());
  if (duration < 1s) return absl::StrFormat("%.1f ms", static_cast<double>(duration.count()) / 1e3);
  if (duration < 2min)
    return absl::StrFormat("%.1f s", static_cast<double>(duration.count()) / 1e6);
  return absl::StrFormat("%d min", duration / 1min);
}

}  // namespace syncmanager
