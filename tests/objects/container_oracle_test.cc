// Slices, lists and dicts against Python itself: container_oracle.py makes random operations and
// says what Python does.

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "manager/objects/slice.h"
#include "tests/support/dict_of.h"
#include "tests/support/list_of.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

constexpr int kSeed = 20261121;
constexpr int kSlices = 100'000;
constexpr int kOperations = 10'000;

struct ClosePipe {
  void operator()(FILE* pipe) const { pclose(pipe); }
};

// The lines that the oracle prints, in fields.
std::vector<std::vector<std::string>> ask_python(const char* what, int cases) {
  const std::string command = absl::StrCat(SYNCMANAGER_PYTHON, " ", SYNCMANAGER_CONTAINER_ORACLE,
                                           " ", what, " ", kSeed, " ", cases);
  const std::unique_ptr<FILE, ClosePipe> pipe(popen(command.c_str(), "r"));
  std::string all;
  char part[65536];
  while (const size_t size = std::fread(part, 1, sizeof(part), pipe.get())) all.append(part, size);
  std::vector<std::vector<std::string>> lines;
  for (const auto& line : absl::StrSplit(all, '\n', absl::SkipEmpty())) {
    lines.push_back(absl::StrSplit(line, '\t'));
  }
  return lines;
}

int64_t number_in(const std::string& field) {
  int64_t number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(field, &number)) << field;
  return number;
}

std::optional<int64_t> bound_in(const std::string& field) {
  if (field == "-") return std::nullopt;
  return number_in(field);
}

std::string hex_of(const std::vector<std::string>& encoded) {
  return absl::StrJoin(encoded, " ", [](std::string* out, const std::string& value) {
    absl::StrAppend(out, absl::BytesToHexString(value));
  });
}

// One operation on a list or a dict, and what Python answered.
struct Case {
  explicit Case(const std::vector<std::string>& fields)
      : operation(fields.at(0)), result(fields.at(3)), content(fields.at(4)) {
    for (const std::string& number : split(fields.at(1))) numbers.push_back(bound_in(number));
    for (const std::string& hex : split(fields.at(2))) {
      values.push_back(Raw{absl::HexStringToBytes(hex)});
    }
  }

  static std::vector<std::string> split(const std::string& field) {
    return absl::StrSplit(field, ' ', absl::SkipEmpty());
  }
  int64_t index() const { return numbers.at(0).value_or(0); }
  const Raw& value() const { return values.at(0); }
  SliceOf slice() const {
    if (numbers.empty()) return {};
    return {numbers[0], numbers[1], numbers.size() > 2 ? numbers[2] : std::nullopt};
  }

  std::string operation;
  std::vector<std::optional<int64_t>> numbers;
  std::vector<Raw> values;
  std::string result, content;
};

std::string exception_of(wire::Outcome outcome) {
  switch (outcome) {
    case wire::NO_SUCH_KEY:
      return "KeyError";
    case wire::INDEX_OUT_OF_RANGE:
      return "IndexError";
    case wire::BAD_VALUE:
      return "ValueError";
    case wire::BAD_TYPE:
      return "TypeError";
    default:
      return wire::Outcome_Name(outcome);
  }
}

// A reply as the oracle writes it.
std::string result_of(const Pending& pending) {
  const wire::Reply& reply = pending.reply();
  if (reply.outcome() != wire::OK) {
    return absl::StrCat("E ", exception_of(reply.outcome()), " ", reply.message());
  }
  if (reply.has_page()) {
    const auto& values = reply.page().values();
    return values.empty() ? "P" : "P " + hex_of({values.begin(), values.end()});
  }
  return reply.has_value() ? "V " + absl::BytesToHexString(reply.value()) : ".";
}

std::string perform(const ListOf& list, const Case& c) {
  const std::string& op = c.operation;
  if (op == "get") return result_of(list.get(c.index()));
  if (op == "set") return result_of(list.set(c.index(), c.value()));
  if (op == "delete") return result_of(list.remove_at(c.index()));
  if (op == "append") return result_of(list.append(c.value()));
  if (op == "extend") return result_of(list.extend(c.values));
  if (op == "insert") return result_of(list.insert(c.index(), c.value()));
  if (op == "pop") return result_of(list.pop(c.numbers.at(0)));
  if (op == "remove") return result_of(list.remove(c.value()));
  if (op == "index") return result_of(list.index(c.value(), c.slice()));
  if (op == "count") return result_of(list.count(c.value()));
  if (op == "contains") return result_of(list.contains(c.value()));
  if (op == "length") return result_of(list.length());
  if (op == "reverse") return result_of(list.reverse());
  if (op == "sort") return result_of(list.sort(c.index() != 0));
  if (op == "repeat") return result_of(list.repeat(c.index()));
  if (op == "read") return result_of(list.page(c.slice(), 0));
  if (op == "set_slice") return result_of(list.set_slice(c.slice(), c.values));
  if (op == "delete_slice") return result_of(list.delete_slice(c.slice()));
  return "unknown operation " + op;
}

wire::DictOp::ReadPage page_of(wire::PageKind kind, bool reversed = false) {
  wire::DictOp::ReadPage query;
  query.set_kind(kind);
  query.set_reversed(reversed);
  return query;
}

std::string perform(const DictOf& dict, const Case& c) {
  const std::string& op = c.operation;
  if (op == "get") return result_of(dict.get(c.value()));
  if (op == "set") return result_of(dict.set(c.value(), c.values.at(1)));
  if (op == "delete") return result_of(dict.remove(c.value()));
  if (op == "contains") return result_of(dict.contains(c.value()));
  if (op == "length") return result_of(dict.length());
  if (op == "pop") return result_of(dict.pop(c.value()));
  if (op == "pop_item") return result_of(dict.pop_item());
  if (op == "set_default") return result_of(dict.set_default(c.value(), c.values.at(1)));
  if (op == "keys") return result_of(dict.page(page_of(wire::KEYS)));
  if (op == "values") return result_of(dict.page(page_of(wire::VALUES)));
  if (op == "reversed") return result_of(dict.page(page_of(wire::KEYS, true)));
  if (op != "update") return "unknown operation " + op;
  std::vector<std::pair<Raw, Raw>> entries;
  for (size_t i = 0; i + 1 < c.values.size(); i += 2) {
    entries.emplace_back(c.values[i], c.values[i + 1]);
  }
  return result_of(dict.update(entries));
}

// Which pair of values a sort compares first is no promise: only that there was a TypeError is.
std::string comparable(const Case& c, const std::string& result) {
  return c.operation == "sort" ? result.substr(0, result.find('\'')) : result;
}

class ContainerOracleTest : public StageTest {
 protected:
  Actor alice = stage.actor();
};

TEST_F(ContainerOracleTest, SlicesNameThePlacesThatPythonsDo) {
  const auto lines = ask_python("slices", kSlices);
  ASSERT_EQ(lines.size(), size_t{kSlices});
  for (const std::vector<std::string>& fields : lines) {
    ASSERT_EQ(fields.size(), 6u);
    wire::Slice slice;
    SliceOf{bound_in(fields[1]), bound_in(fields[2]), bound_in(fields[3])}.write(slice);

    const auto places = places_of(slice, static_cast<uint64_t>(number_in(fields[0])));

    ASSERT_TRUE(places.has_value());
    ASSERT_EQ(places->start, number_in(fields[4])) << absl::StrJoin(fields, " ");
    ASSERT_EQ(places->count, static_cast<uint64_t>(number_in(fields[5])))
        << absl::StrJoin(fields, " ");
  }
}

TEST_F(ContainerOracleTest, ListsDoWhatPythonsDo) {
  const auto lines = ask_python("lists", kOperations);
  ASSERT_EQ(lines.size(), size_t{kOperations});
  const ListOf list{alice, stage.create(a_list())};
  for (const std::vector<std::string>& fields : lines) {
    const Case c(fields);
    if (c.operation == "new") {
      list.clear();
      std::vector<Raw> values;
      for (const std::string& hex : Case::split(c.content)) {
        values.push_back(Raw{absl::HexStringToBytes(hex)});
      }
      list.extend(values);
    } else {
      ASSERT_EQ(comparable(c, perform(list, c)), comparable(c, c.result))
          << absl::StrJoin(fields, " | ");
    }
    ASSERT_EQ(hex_of(list.read()), c.content) << absl::StrJoin(fields, " | ");
  }
}

TEST_F(ContainerOracleTest, DictsDoWhatPythonsDo) {
  const auto lines = ask_python("dicts", kOperations);
  ASSERT_EQ(lines.size(), size_t{kOperations});
  const DictOf dict{alice, stage.create(a_dict())};
  for (const std::vector<std::string>& fields : lines) {
    const Case c(fields);
    if (c.operation == "new") {
      dict.clear();
    } else {
      ASSERT_EQ(perform(dict, c), c.result) << absl::StrJoin(fields, " | ");
    }
    const auto items = dict.page(page_of(wire::ITEMS)).reply().page().values();
    ASSERT_EQ(hex_of({items.begin(), items.end()}), c.content) << absl::StrJoin(fields, " | ");
  }
}

}  // namespace
}  // namespace syncmanager::manager
