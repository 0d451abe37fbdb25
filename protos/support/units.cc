#include "protos/support/units.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "protos/support/str_cat.h"

namespace syncmanager {
namespace {

struct Unit {
  std::string_view name;
  uint64_t amount;
};

constexpr std::array kDurations = {
    Unit{"d", 86'400'000'000},
    Unit{"h", 3'600'000'000},
    Unit{"min", 60'000'000},
    Unit{"m", 60'000'000},
    Unit{"s", 1'000'000},
    Unit{"ms", 1'000},
    Unit{"us", 1},
};
constexpr std::array kSizes = {
    Unit{"TiB", uint64_t{1} << 40},
    Unit{"GiB", uint64_t{1} << 30},
    Unit{"MiB", uint64_t{1} << 20},
    Unit{"KiB", uint64_t{1} << 10},
    Unit{"B", 1},
    Unit{"TB", 1'000'000'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"MB", 1'000'000},
    Unit{"KB", 1'000},
};

std::optional<uint64_t> amount_of(std::span<const Unit> units, std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return unit.amount;
  }
  return std::nullopt;
}

// Reads the number before the unit, and takes it off the text.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

// A whole number, in which no digit of 64 bits gets lost as it would in a double.
std::optional<uint64_t> whole_number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  const std::optional<double> number = take_number(text);
  const std::optional<uint64_t> unit = amount_of(kDurations, text.empty() ? "s" : text);
  if (!number || !unit) return std::nullopt;
  const double total = *number * static_cast<double>(*unit);
  if (total >= static_cast<double>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return std::chrono::microseconds(std::llround(total));
}

std::optional<uint64_t> parse_size(std::string_view text) {
  if (const std::optional<uint64_t> bytes = whole_number(text)) return bytes;
  const std::optional<double> number = take_number(text);
  const std::optional<uint64_t> unit = amount_of(kSizes, text);
  if (!number || !unit) return std::nullopt;
  const double total = *number * static_cast<double>(*unit);
  if (total >= static_cast<double>(std::numeric_limits<uint64_t>::max())) return std::nullopt;
  return static_cast<uint64_t>(total);
}

std::string duration_text(std::chrono::microseconds duration) {
  const auto count = static_cast<uint64_t>(duration.count());
  for (const auto& [name, amount] : kDurations) {
    if (name == "m" || count == 0) continue;
    if (count % amount == 0) return str_cat(count / amount, name);
  }
  return "0s";
}

std::string size_text(uint64_t bytes) {
  for (const auto& [name, amount] : std::span(kSizes).first(4)) {
    if (bytes != 0 && bytes % amount == 0) return str_cat(bytes / amount, name);
  }
  return str_cat(bytes);
}

}  // namespace syncmanager
