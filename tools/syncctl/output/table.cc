#include "tools/syncctl/output/table.h"

#include <algorithm>
#include <numeric>

#include "tools/syncctl/output/text.h"

namespace syncmanager {
namespace {

constexpr std::string_view kGap = "  ";
// A shorter part of a name isn't readable.
constexpr size_t kShortest = 8;

}  // namespace

std::string Table::print(size_t width) const {
  const std::vector<size_t> widths = this->widths(width);
  std::string out;
  const auto print_line = [&](const auto& text_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += kGap;
      line += cell(i, text_of(i), widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  };
  print_line([&](size_t i) { return columns_[i].head; });
  for (const auto& row : rows_) print_line([&](size_t i) { return row[i]; });
  return out;
}

std::vector<size_t> Table::widths(size_t width) const {
  std::vector<size_t> widths, least;
  for (const Column& column : columns_) {
    widths.push_back(width_of(column.head));
    least.push_back(std::max(widths.back(), kShortest));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  if (width == 0) return widths;
  const size_t gaps = kGap.size() * (columns_.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    size_t widest = columns_.size();
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (columns_[i].numeric || widths[i] <= least[i]) continue;
      if (widest == columns_.size() || widths[i] > widths[widest]) widest = i;
    }
    if (widest == columns_.size()) break;
    --widths[widest];
  }
  return widths;
}

std::string Table::cell(size_t column, std::string_view text, size_t width) const {
  const std::string shown = shorten(text, std::max<size_t>(width, 1));
  const std::string room(width - std::min(width, width_of(shown)), ' ');
  return columns_[column].numeric ? room + shown : shown + room;
}

}  // namespace syncmanager
