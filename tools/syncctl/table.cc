#include "tools/syncctl/table.h"

#include <syncmanager/encoded_value.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "protos/utf8.h"
#include "protos/value_print.h"

namespace syncmanager {
namespace {

bool is_number(const std::string& word) {
  return !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0;
}

}  // namespace

std::string Table::print() const {
  std::vector<size_t> widths(rows_[0].size());
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string room(widths[i] - row[i].size(), ' ');
      line += (i > 0 ? "  " : "") + (is_number(row[i]) ? room + row[i] : row[i] + room);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string print_name(std::string_view name) {
  constexpr size_t kLongest = 10'000;
  if (!valid_utf8(name)) return print_value(ValueWriter().bytes(name).take(), kLongest);
  const std::string quoted = print_value(ValueWriter().text(name).take(), kLongest);
  return quoted.substr(1, quoted.size() - 2);
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
