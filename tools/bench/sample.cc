#include "tools/bench/sample.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace syncmanager::bench {

std::string to_line(const Sample& sample) {
  std::string line;
  for (const auto& [name, figure] : sample) {
    absl::StrAppendFormat(&line, "%s%s=%.9g", line.empty() ? "" : " ", name, figure);
  }
  return line;
}

Sample from_line(std::string_view line) {
  Sample sample;
  for (const std::string& pair : std::vector<std::string>(absl::StrSplit(std::string(line), ' '))) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    double figure = 0;
    if (!absl::SimpleAtod(parts.second, &figure)) {
      throw std::runtime_error("a client answered: " + std::string(line));
    }
    sample[parts.first] = figure;
  }
  return sample;
}

}  // namespace syncmanager::bench
