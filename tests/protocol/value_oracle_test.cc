// Values against Python itself: value_oracle.py makes random pairs of them and says what Python
// thinks of each pair.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "protos/value/numbers.h"
#include "protos/value/print.h"
#include "protos/value/rules.h"

namespace syncmanager {
namespace {

constexpr int kSeed = 20261121;
constexpr int kPairs = 5000;
constexpr size_t kWhole = 1 << 20;

struct ClosePipe {
  void operator()(FILE* pipe) const { pclose(pipe); }
};

std::vector<std::string> ask_python() {
  const std::string command = std::string(SYNCMANAGER_PYTHON) + " " + SYNCMANAGER_VALUE_ORACLE +
                              " " + std::to_string(kSeed) + " " + std::to_string(kPairs);
  const std::unique_ptr<FILE, ClosePipe> pipe(popen(command.c_str(), "r"));
  std::string all;
  char part[65536];
  while (const size_t size = std::fread(part, 1, sizeof(part), pipe.get())) all.append(part, size);
  return absl::StrSplit(all, '\n', absl::SkipEmpty());
}

// One line of value_oracle.py, which says what the fields are.
struct Verdict {
  std::string a, b;
  bool equal;
  std::string order, a_key, b_key, sum, shown;
};

Verdict parse(const std::string& line) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  EXPECT_EQ(fields.size(), 8U) << line;
  return {absl::HexStringToBytes(fields.at(0)),
          absl::HexStringToBytes(fields.at(1)),
          fields.at(2) == "1",
          fields.at(3),
          fields.at(4),
          fields.at(5),
          fields.at(6),
          fields.at(7)};
}

std::string order_of(const std::string& a, const std::string& b) {
  const auto order = order_values(a, b);
  if (!order.ok()) return "T" + std::string(order.status().message());
  if (*order < 0) return "<";
  if (*order > 0) return ">";
  return *order == 0 ? "=" : "?";
}

std::string sum_of(const std::string& a, const std::string& b) {
  const auto sum = add_values(a, b);
  if (absl::IsOutOfRange(sum.status())) return "O" + std::string(sum.status().message());
  if (!sum.ok()) return "T" + std::string(sum.status().message());
  const std::optional<double> real = ValueReader(*sum).real();
  if (real && std::isnan(*real)) return "N";
  return "V" + absl::BytesToHexString(*sum);
}

// In Python's letters: K, T and the message, or N where a NaN makes it no key of ours.
std::string key_verdict(const std::string& a, std::string& key) {
  std::string scratch;
  const auto form = key_of(a, scratch);
  if (form.ok()) key = std::string(*form);
  return form.ok() ? "K" : "T" + std::string(form.status().message());
}

void expect_agreement(const Verdict& python) {
  EXPECT_TRUE(check_value(python.a, {}).ok()) << check_value(python.a, {}).status();
  EXPECT_TRUE(check_value(python.b, {}).ok()) << check_value(python.b, {}).status();
  EXPECT_EQ(equal_values(python.a, python.b), python.equal);
  EXPECT_EQ(equal_values(python.b, python.a), python.equal);
  EXPECT_EQ(order_of(python.a, python.b), python.order);
  EXPECT_EQ(sum_of(python.a, python.b), python.sum);
  if (python.shown != "-") {
    EXPECT_EQ(print_value(python.a, kWhole), absl::HexStringToBytes(python.shown));
  }
  std::string a_key, b_key;
  const std::string a_verdict = key_verdict(python.a, a_key);
  const std::string b_verdict = key_verdict(python.b, b_key);
  if (python.a_key != "N") {
    EXPECT_EQ(a_verdict, python.a_key);
  }
  if (python.b_key != "N") {
    EXPECT_EQ(b_verdict, python.b_key);
  }
  if (python.a_key == "N") {
    EXPECT_THAT(a_verdict, testing::StartsWith("T"));
  }
  if (python.b_key == "N") {
    EXPECT_THAT(b_verdict, testing::StartsWith("T"));
  }
  if (!a_key.empty() && !b_key.empty()) {
    EXPECT_EQ(a_key == b_key, python.equal);
  }
}

TEST(ValueOracle, AgreesWithPythonOnEqualityOrderKeysSumsAndRepr) {
  const std::vector<std::string> lines = ask_python();
  ASSERT_EQ(lines.size(), static_cast<size_t>(kPairs));
  for (const std::string& line : lines) {
    const Verdict python = parse(line);
    SCOPED_TRACE(print_value(python.a, 300) + "  and  " + print_value(python.b, 300));
    expect_agreement(python);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace syncmanager
