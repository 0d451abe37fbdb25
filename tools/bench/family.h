#pragma once

#include <span>
#include <vector>

#include "tools/bench/command.h"
#include "tools/bench/table.h"

namespace syncmanager::bench {

// Related scenarios, which are one file of scenarios/: the rows that show their figures, and the
// commands that they give to client programs. The commands of Python's client programs are the
// functions of the Python file of the same name.
struct Family {
  void (*add_rows)(Table& table);
  std::span<const Command> commands;
};

// Returns the families of all files of scenarios/, in the order of CMakeLists.txt.
const std::vector<Family>& families();

// Returns every row of the bench, in the order of the table. Large values are smaller in a quick
// run.
std::vector<Row> all_rows(bool quick);

}  // namespace syncmanager::bench
