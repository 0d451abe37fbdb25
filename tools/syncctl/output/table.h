#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

// Rows of words under a head, in columns that line up by the width of their text on a terminal.
class Table {
 public:
  struct Column {
    std::string head;
    bool numeric = false;  // Its cells stand to the right and are never shortened.
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // Adds a row with a cell for each column. Cells are shown as they are.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // The rows, one a line. Where a line would be longer than `width` the longest words are
  // shortened, but no column gets narrower than its head. 0: whole, however long.
  std::string print(size_t width) const;

 private:
  std::vector<size_t> widths(size_t width) const;
  std::string cell(size_t column, std::string_view text, size_t width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace syncmanager
