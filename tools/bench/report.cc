#include "tools/bench/report.h"

#include <array>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace syncmanager::bench {
namespace {

constexpr std::string_view kMissing = "-";

// Three digits that count, with the letter of their thousand.
std::string shorten(double figure) {
  if (figure >= 99.95e4) return absl::StrFormat("%.3g M", figure / 1e6);
  if (figure >= 999.5) return absl::StrFormat("%.3g k", figure / 1e3);
  return absl::StrFormat("%.3g", figure);
}

struct Scale {
  double factor;
  std::string_view unit;
};

// In which unit people read a figure of about this size.
Scale scale_of(Unit unit, double figure) {
  switch (unit) {
    case Unit::kOperations:
      return {1, "/s"};
    case Unit::kMicroseconds:
      return figure >= 1000 ? Scale{1e-3, " ms"} : Scale{1, " us"};
    case Unit::kBytes:
      return figure >= 10'240 ? Scale{1.0 / 1024, " KiB"} : Scale{1, " B"};
    case Unit::kBytesASecond:
      return {1.0 / (1 << 20), " MiB/s"};
    case Unit::kSeconds:
      return {1, " s"};
    case Unit::kPercent:
      return {1, " %"};
    case Unit::kThreads:
      return {1, ""};
    case Unit::kValues:
      return {1, " x"};
  }
  return {1, ""};
}

std::string read_by_people(Unit unit, double figure) {
  const Scale scale = scale_of(unit, figure);
  if (unit == Unit::kOperations) return absl::StrFormat("%s%s", shorten(figure), scale.unit);
  // %.3g would write 1020 as 1.02e+03.
  const double scaled = figure * scale.factor;
  return scaled >= 999.5 ? absl::StrFormat("%.0f%s", scaled, scale.unit)
                         : absl::StrFormat("%.3g%s", scaled, scale.unit);
}

std::string cell(Unit unit, const std::optional<Spread>& spread) {
  if (!spread) return std::string(kMissing);
  const std::string median = read_by_people(unit, spread->median);
  if (spread->min == spread->max) return median;
  const Scale scale = scale_of(unit, spread->median);
  return absl::StrFormat("%s (%s..%s)", median, shorten(spread->min * scale.factor),
                         shorten(spread->max * scale.factor));
}

std::string ratio_cell(const Result& result) {
  return result.ratio ? absl::StrFormat("%.2f x", result.ratio->median) : std::string(kMissing);
}

std::string goal_cell(const Row& row) {
  switch (row.goal.kind) {
    case Goal::Kind::kNone:
      break;
    case Goal::Kind::kRatioAtLeast:
      return absl::StrFormat(">= %.2g x", row.goal.limit);
    case Goal::Kind::kAtMost:
      return absl::StrCat("<= ", read_by_people(row.unit, row.goal.limit));
    case Goal::Kind::kAtLeast:
      return absl::StrCat(">= ", read_by_people(row.unit, row.goal.limit));
  }
  return "";
}

std::string met_cell(const Result& result, bool colour) {
  const std::optional<bool> met = result.met();
  if (!met) return "";
  const std::string_view word = *met ? "yes" : "NO";
  if (!colour) return std::string(word);
  return absl::StrFormat("%s%s\033[0m", *met ? "\033[32m" : "\033[1;31m", word);
}

std::string line(const std::array<std::string, 6>& cells) {
  return absl::StrFormat("%-50s %-28s %-28s %8s  %-11s %s\n", cells[0], cells[1], cells[2],
                         cells[3], cells[4], cells[5]);
}

// How many SI units one of the row's is.
double si_factor(Unit unit) {
  if (unit == Unit::kMicroseconds) return 1e-6;
  return unit == Unit::kPercent ? 0.01 : 1;
}

std::string_view si_name(Unit unit) {
  switch (unit) {
    case Unit::kOperations:
      return "1/s";
    case Unit::kMicroseconds:
    case Unit::kSeconds:
      return "s";
    case Unit::kBytes:
      return "B";
    case Unit::kBytesASecond:
      return "B/s";
    case Unit::kPercent:
    case Unit::kThreads:
    case Unit::kValues:
      return "1";
  }
  return "";
}

std::string json_number(const std::optional<Spread>& spread, double factor) {
  return spread ? absl::StrFormat("%.6g", spread->median * factor) : "null";
}

std::string json_range(const std::optional<Spread>& spread, double factor) {
  if (!spread) return "null";
  return absl::StrFormat("[%.6g, %.6g]", spread->min * factor, spread->max * factor);
}

std::string json_goal(const Row& row) {
  const double factor = row.goal.kind == Goal::Kind::kRatioAtLeast ? 1 : si_factor(row.unit);
  const double limit = row.goal.limit * factor;
  switch (row.goal.kind) {
    case Goal::Kind::kNone:
      break;
    case Goal::Kind::kRatioAtLeast:
      return absl::StrFormat(R"({"ratio_at_least": %.6g})", limit);
    case Goal::Kind::kAtMost:
      return absl::StrFormat(R"({"ours_at_most": %.6g})", limit);
    case Goal::Kind::kAtLeast:
      return absl::StrFormat(R"({"ours_at_least": %.6g})", limit);
  }
  return "null";
}

}  // namespace

std::string to_table(const std::vector<Result>& results, bool colour) {
  std::string table = line({"", "ours (least..greatest)", "peer", "ratio", "goal", "met"});
  std::string section;
  for (const Result& result : results) {
    const Row& row = result.row;
    if (row.section != section) {
      section = row.section;
      absl::StrAppend(&table, colour ? "\033[1m" : "", section, colour ? "\033[0m" : "", "\n");
    }
    // The section stands above already.
    const std::string name = absl::StrCat("  ", row.name.substr(section.size() + 2));
    table += line({name, cell(row.unit, result.ours),
                   row.peer ? cell(row.unit, result.peer) : std::string(), ratio_cell(result),
                   goal_cell(row), met_cell(result, colour)});
  }
  return table;
}

std::string to_json(const std::vector<Result>& results) {
  std::string json = "[";
  for (const Result& result : results) {
    const Row& row = result.row;
    const double factor = si_factor(row.unit);
    const std::optional<bool> met = result.met();
    absl::StrAppendFormat(
        &json,
        "%s\n  {\"name\": \"%s\", \"unit\": \"%s\", \"ours\": %s, \"peer\": %s, "
        "\"peer_name\": %s, \"ratio\": %s, \"goal\": %s, \"met\": %s,\n   \"spread\": "
        "{\"ours\": %s, \"peer\": %s, \"ratio\": %s}}",
        json == "[" ? "" : ",", row.name, si_name(row.unit), json_number(result.ours, factor),
        json_number(result.peer, factor),
        row.peer ? absl::StrCat("\"", row.peer_name, "\"") : "null", json_number(result.ratio, 1),
        json_goal(row), met ? (*met ? "true" : "false") : "null", json_range(result.ours, factor),
        json_range(result.peer, factor), json_range(result.ratio, 1));
  }
  return json + "\n]\n";
}

}  // namespace syncmanager::bench
