// print_value writes what Python's repr would, one pass and iteratively: what is open is a stack of
// how many elements are still owed, and writing ends once there is more than anybody asked for.
#include "protos/value/print.h"

#include <syncmanager/encoded_value.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protos/support/escape.h"
#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"
#include "protos/value/numbers.h"
#include "protos/value/rules.h"

namespace syncmanager {
namespace {

constexpr std::string_view kLeftOut = "...";
constexpr std::string_view kMalformed = "<malformed>";

// Python's choice: double quotes where that saves escaping a single one.
char quote_for(std::string_view content) {
  const bool single = content.find('\'') != std::string_view::npos;
  const bool twofold = content.find('"') != std::string_view::npos;
  return single && !twofold ? '"' : '\'';
}

std::string print_real(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // The fewest digits that read back as the same number; which is what Python's repr has.
  std::array<char, 40> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                 std::chars_format::scientific);
  const std::string_view scientific(digits.data(), static_cast<size_t>(end.ptr - digits.data()));
  const size_t e = scientific.find('e');
  int exponent = 0;
  // from_chars takes no plus sign.
  const size_t skip = scientific[e + 1] == '+' ? 2 : 1;
  std::from_chars(scientific.data() + e + skip, end.ptr, exponent);
  if (exponent < -4 || exponent >= 16) return std::string(scientific);
  std::array<char, 40> plain;
  const auto plain_end =
      std::to_chars(plain.data(), plain.data() + plain.size(), value, std::chars_format::fixed);
  std::string printed(plain.data(), plain_end.ptr);
  if (printed.find('.') == std::string::npos) printed += ".0";
  return printed;
}

// A name of a value that nobody has checked.
std::string printable(std::string_view name) {
  std::string printed(name.substr(0, 64));
  std::replace_if(
      printed.begin(), printed.end(), [](char c) { return c <= ' ' || c >= 0x7f; }, '?');
  return printed;
}

// How a container of that kind begins and ends.
struct Brackets {
  std::string_view open;
  std::string_view close;
};

Brackets brackets_of(const ValueHead& container) {
  const bool empty = container.number == 0;
  switch (container.kind) {
    case Kind::kTuple:
      return {"(", container.number == 1 ? ",)" : ")"};
    case Kind::kSet:
      return empty ? Brackets{"set(", ")"} : Brackets{"{", "}"};
    case Kind::kFrozenSet:
      return empty ? Brackets{"frozenset(", ")"} : Brackets{"frozenset({", "})"};
    case Kind::kDict:
      return {"{", "}"};
    default:
      return {"[", "]"};
  }
}

class Printer {
 public:
  Printer(std::string_view encoded, size_t most) : reader_(encoded), most_(most) {}

  std::string run();

 private:
  struct Open {
    uint64_t printed;
    uint64_t elements;
    bool is_dict;
    std::string_view close;
    bool is_keyed = false;  // What follows its key isn't printed.
  };

  // Nothing more is needed once there is something to leave out.
  bool enough() const { return out_.size() > most_; }
  void print_head(const ValueHead& head);
  void print_scalar(const ValueHead& head);
  void print_text(std::string_view text);
  void print_bytes(std::string_view bytes);
  // Between elements, and after the last one of each container that is complete.
  void separate();

  ValueReader reader_;
  const size_t most_;
  std::string out_;
  std::vector<Open> open_;
};

std::string Printer::run() {
  do {
    const std::optional<ValueHead> head = reader_.head();
    if (!head) {
      out_ += kMalformed;
      break;
    }
    print_head(*head);
    separate();
  } while (!open_.empty() && !enough());
  if (!enough()) return std::move(out_);
  // Not in the middle of a character.
  size_t end = most_ - std::min(most_, kLeftOut.size());
  while (end > 0 && (static_cast<uint8_t>(out_[end]) & 0xc0) == 0x80) --end;
  out_.resize(end);
  out_ += kLeftOut.substr(0, most_);
  return std::move(out_);
}

void Printer::separate() {
  while (!open_.empty()) {
    Open& last = open_.back();
    if (last.printed < last.elements) {
      if (last.printed > 0) out_ += last.is_dict && last.printed % 2 == 1 ? ": " : ", ";
      ++last.printed;
      return;
    }
    out_ += last.close;
    if (last.is_keyed && !reader_.skip()) out_ += kMalformed;
    open_.pop_back();
  }
}

void Printer::print_head(const ValueHead& head) {
  switch (head.kind) {
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
    case Kind::kDict: {
      const Brackets brackets = brackets_of(head);
      out_ += brackets.open;
      return open_.push_back({0, head.elements(), head.kind == Kind::kDict, brackets.close});
    }
    case Kind::kKeyed:
      absl::StrAppend(&out_, "<", printable(short_name(head.name)), " ");
      return open_.push_back({0, 1, false, ">", true});
    default:
      return print_scalar(head);
  }
}

void Printer::print_scalar(const ValueHead& head) {
  switch (head.kind) {
    case Kind::kNone:
      out_ += "None";
      break;
    case Kind::kFalse:
    case Kind::kTrue:
      out_ += head.kind == Kind::kTrue ? "True" : "False";
      break;
    case Kind::kInteger:
      absl::StrAppend(&out_, head.integer);
      break;
    case Kind::kBigInteger: {
      const std::string digits = print_big_integer(head.content);
      absl::StrAppend(
          &out_, digits.empty() ? str_cat("<int of ", head.content.size() * 8, " bits>") : digits);
      break;
    }
    case Kind::kReal:
      out_ += print_real(head.real);
      break;
    case Kind::kText:
      print_text(head.content);
      break;
    case Kind::kBytes:
      print_bytes(head.content);
      break;
    case Kind::kReference:
      absl::StrAppend(&out_, "<", printable(head.name), " ", head.number, ">");
      break;
    case Kind::kOpaque:
      absl::StrAppend(&out_, "<", printable(head.name), ", ", head.content.size(), " bytes>");
      break;
    default:
      break;
  }
}

void Printer::print_text(std::string_view text) {
  const char quote = quote_for(text.substr(0, most_));
  out_ += quote;
  while (!text.empty() && !enough()) {
    const std::string_view before = text;
    const std::optional<char32_t> c = take_code_point(text);
    if (!c) {
      append_escape(static_cast<uint8_t>(text[0]), out_);
      text.remove_prefix(1);
    } else if (*c == static_cast<char32_t>(quote)) {
      out_ += {'\\', quote};
    } else if (is_escaped(*c)) {
      append_escape(*c, out_);
    } else {
      out_ += before.substr(0, before.size() - text.size());
    }
  }
  out_ += quote;
}

void Printer::print_bytes(std::string_view bytes) {
  const char quote = quote_for(bytes.substr(0, most_));
  out_ += {'b', quote};
  for (size_t i = 0; i < bytes.size() && !enough(); ++i) {
    const auto c = static_cast<uint8_t>(bytes[i]);
    if (c == static_cast<uint8_t>(quote)) {
      out_ += {'\\', quote};
    } else if (c >= 0x7f || is_escaped(c)) {
      append_escape(c, out_);
    } else {
      out_ += static_cast<char>(c);
    }
  }
  out_ += quote;
}

}  // namespace

std::string print_value(std::string_view encoded, size_t most) {
  return Printer(encoded, most).run();
}

}  // namespace syncmanager
