#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncmanager {

// Rows of words under a head, in columns that line up; numbers stand to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string print() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// What a client called something, with that escaped which a terminal might obey.
std::string print_name(std::string_view name);
// 1.5 KiB, 20 MiB.
std::string print_bytes(uint64_t bytes);
// 250 us, 3.2 s, 5 min.
std::string print_duration(std::chrono::microseconds duration);

}  // namespace syncmanager
