#include "protos/value/numbers.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <new>
#include <optional>

#include "protos/support/str_cat.h"
#include "protos/value/rules.h"

namespace syncmanager {
namespace {

// Up to here, either way, each integer is a double, and above here each double is an integer.
constexpr double kExact = 9007199254740992.0;  // 2^53
constexpr int64_t kExactInteger = int64_t{1} << 53;
constexpr double kPast64Bits = 9223372036854775808.0;  // 2^63

struct FreeNumber {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
using BigNumber = std::unique_ptr<BIGNUM, FreeNumber>;

// OpenSSL's arithmetic fails for want of memory only.
void ensure(bool done) {
  if (!done) throw std::bad_alloc();
}

BigNumber make_number() {
  BigNumber number(BN_new());
  ensure(number != nullptr);
  return number;
}

bool is_negative(std::string_view twos_complement) {
  return !twos_complement.empty() && (static_cast<uint8_t>(twos_complement.back()) & 0x80) != 0;
}

bool is_negative(const ValueHead& integer) {
  return integer.kind == Kind::kBigInteger ? is_negative(integer.content) : integer.integer < 0;
}

void invert(std::string& bytes) {
  for (char& byte : bytes) byte = static_cast<char>(~byte);
}

BigNumber parse(std::string_view twos_complement) {
  // -n is stored as the inverse of n - 1.
  std::string bytes(twos_complement);
  const bool negative = is_negative(twos_complement);
  if (negative) invert(bytes);
  BigNumber number = make_number();
  ensure(BN_lebin2bn(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()),
                     number.get()) != nullptr);
  if (negative) {
    ensure(BN_add_word(number.get(), 1) == 1);
    BN_set_negative(number.get(), 1);
  }
  return number;
}

BigNumber parse(const ValueHead& integer) {
  if (integer.kind == Kind::kBigInteger) return parse(integer.content);
  return parse({reinterpret_cast<const char*>(&integer.integer), sizeof(integer.integer)});
}

// Consumes the number.
std::string twos_complement_of(BigNumber number) {
  const bool negative = BN_is_negative(number.get()) != 0;
  if (negative) ensure(BN_add_word(number.get(), 1) == 1);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number.get())) + 1, '\0');
  ensure(BN_bn2lebinpad(number.get(), reinterpret_cast<uint8_t*>(bytes.data()),
                        static_cast<int>(bytes.size())) >= 0);
  if (negative) invert(bytes);
  return bytes;
}

// The nearest double, to even in the middle, as Python's float(); infinite if it is beyond all.
double nearest_double(const ValueHead& integer) {
  if (integer.kind != Kind::kBigInteger) return static_cast<double>(integer.integer);
  constexpr size_t kPastAllDoubles = 1024 / 8 + 2;
  const double sign = is_negative(integer.content) ? -1 : 1;
  if (integer.content.size() > kPastAllDoubles) {
    return sign * std::numeric_limits<double>::infinity();
  }
  BigNumber number = parse(integer.content);
  BN_set_negative(number.get(), 0);
  // The top 64 bits, the last of which also stands for all that follow: the conversion rounds at
  // the 53rd, and need only know whether there is anything.
  const int shift = BN_num_bits(number.get()) - 64;
  BigNumber top = make_number();
  BigNumber back = make_number();
  ensure(BN_rshift(top.get(), number.get(), shift) == 1);
  ensure(BN_lshift(back.get(), top.get(), shift) == 1);
  uint64_t bits = 0;
  ensure(BN_bn2lebinpad(top.get(), reinterpret_cast<uint8_t*>(&bits), sizeof(bits)) >= 0);
  if (BN_cmp(back.get(), number.get()) != 0) bits |= 1;
  return sign * std::ldexp(static_cast<double>(bits), shift);
}

std::strong_ordering order_integers(const ValueHead& a, const ValueHead& b) {
  const bool a_big = a.kind == Kind::kBigInteger;
  const bool b_big = b.kind == Kind::kBigInteger;
  if (!a_big && !b_big) return a.integer <=> b.integer;
  if (is_negative(a) != is_negative(b)) return is_negative(b) <=> is_negative(a);
  // Both have one sign from here. The longer is the larger in magnitude, and any big integer is
  // larger than one that isn't.
  const size_t a_size = a_big ? a.content.size() : 0;
  const size_t b_size = b_big ? b.content.size() : 0;
  if (a_size != b_size) return is_negative(a) ? b_size <=> a_size : a_size <=> b_size;
  for (size_t i = a_size; i-- > 0;) {
    const auto order = static_cast<uint8_t>(a.content[i]) <=> static_cast<uint8_t>(b.content[i]);
    if (order != 0) return order;
  }
  return std::strong_ordering::equal;
}

std::partial_ordering order_with_real(const ValueHead& integer, double real) {
  if (std::isnan(real)) return std::partial_ordering::unordered;
  if (std::isinf(real)) return 0.0 <=> real;
  if (std::fabs(real) < kExact) {
    const bool exact = integer.kind != Kind::kBigInteger && integer.integer >= -kExactInteger &&
                       integer.integer <= kExactInteger;
    if (exact) return static_cast<double>(integer.integer) <=> real;
    return is_negative(integer) ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  ValueWriter writer;
  append_integral(real, writer);
  const std::optional<ValueHead> other = ValueReader(writer.view()).head();
  if (!other) return std::partial_ordering::unordered;
  return order_integers(integer, *other);
}

struct Ratio {
  BigNumber over;
  BigNumber under;
  bool is_fraction = false;
};

BigNumber power_of_two(int exponent) {
  BigNumber number = make_number();
  ensure(BN_set_bit(number.get(), exponent) == 1);
  return number;
}

Ratio ratio_of(double finite) {
  int exponent = 0;
  const double fraction = std::frexp(finite, &exponent);
  exponent -= std::numeric_limits<double>::digits;
  const auto mantissa = static_cast<int64_t>(fraction * kExact);
  Ratio ratio{parse({reinterpret_cast<const char*>(&mantissa), sizeof(mantissa)}),
              power_of_two(std::max(-exponent, 0))};
  ensure(BN_lshift(ratio.over.get(), ratio.over.get(), std::max(exponent, 0)) == 1);
  return ratio;
}

std::optional<BigNumber> short_integer(const std::optional<ValueHead>& head) {
  if (!head || !is_number(head->kind) || head->kind == Kind::kReal) return std::nullopt;
  if (head->content.size() > kLongestRatioBits / 8) return std::nullopt;
  return parse(*head);
}

// Nothing if it is none.
std::optional<Ratio> take_ratio(ValueReader& reader, const ValueHead& head) {
  if (head.kind == Kind::kReal) return ratio_of(head.real);
  if (head.kind != Kind::kKeyed) {
    std::optional<BigNumber> number = short_integer(head);
    return number ? std::optional(Ratio{*std::move(number), power_of_two(0)}) : std::nullopt;
  }
  if (reader.begin(Kind::kTuple) != 2) return std::nullopt;
  std::optional<BigNumber> over = short_integer(reader.head());
  std::optional<BigNumber> under = short_integer(reader.head());
  if (!over || !under || BN_is_zero(under->get()) || BN_is_negative(under->get())) {
    return std::nullopt;
  }
  return Ratio{*std::move(over), *std::move(under), true};
}

BigNumber product(const BigNumber& a, const BigNumber& b) {
  const std::unique_ptr<BN_CTX, decltype(&BN_CTX_free)> space(BN_CTX_new(), &BN_CTX_free);
  ensure(space != nullptr);
  BigNumber number = make_number();
  ensure(BN_mul(number.get(), a.get(), b.get(), space.get()) == 1);
  return number;
}

absl::StatusOr<std::string> add_reals(const ValueHead& a, const ValueHead& b) {
  double sum = 0;
  for (const ValueHead* term : {&a, &b}) {
    const double real = term->kind == Kind::kReal ? term->real : nearest_double(*term);
    if (term->kind != Kind::kReal && std::isinf(real)) {
      return absl::OutOfRangeError("int too large to convert to float");
    }
    // Not 0 + the first: that would make -0.0 + -0.0 a positive 0.
    sum = term == &a ? real : sum + real;
  }
  return ValueWriter().real(sum).take();
}

absl::StatusOr<std::string> add_integers(const ValueHead& a, const ValueHead& b) {
  int64_t small = 0;
  if (a.kind != Kind::kBigInteger && b.kind != Kind::kBigInteger &&
      !__builtin_add_overflow(a.integer, b.integer, &small)) {
    return ValueWriter().integer(small).take();
  }
  BigNumber sum = parse(a);
  ensure(BN_add(sum.get(), sum.get(), parse(b).get()) == 1);
  if (BN_num_bits(sum.get()) > kLongestSumBits) {
    return absl::ResourceExhaustedError(str_cat("the sum has ", BN_num_bits(sum.get()),
                                                " bits; expected at most ", kLongestSumBits));
  }
  return ValueWriter().big_integer(twos_complement_of(std::move(sum))).take();
}

}  // namespace

bool is_number(Kind kind) {
  return kind == Kind::kFalse || kind == Kind::kTrue || kind == Kind::kInteger ||
         kind == Kind::kBigInteger || kind == Kind::kReal;
}

std::partial_ordering order_numbers(const ValueHead& a, const ValueHead& b) {
  if (!is_number(a.kind) || !is_number(b.kind)) return std::partial_ordering::unordered;
  const bool a_real = a.kind == Kind::kReal;
  const bool b_real = b.kind == Kind::kReal;
  if (a_real && b_real) return a.real <=> b.real;
  if (b_real) return order_with_real(a, b.real);
  if (a_real) return 0 <=> order_with_real(b, a.real);
  return order_integers(a, b);
}

absl::StatusOr<std::partial_ordering> order_ratios(ValueReader a, ValueReader b) {
  const std::optional<ValueHead> left = a.head();
  const std::optional<ValueHead> right = b.head();
  if (!left || !right) return absl::InvalidArgumentError("not an encoded value");
  if (is_number(left->kind) && is_number(right->kind)) return order_numbers(*left, *right);
  for (const ValueHead& number : {*left, *right}) {
    if (number.kind != Kind::kReal || std::isfinite(number.real)) continue;
    if (std::isnan(number.real)) return std::partial_ordering::unordered;
    return left->kind == Kind::kReal ? left->real <=> 0.0 : 0.0 <=> right->real;
  }
  std::optional<Ratio> x = take_ratio(a, *left);
  std::optional<Ratio> y = take_ratio(b, *right);
  const bool same = x && y && x->is_fraction == y->is_fraction &&
                    BN_cmp(x->over.get(), y->over.get()) == 0 &&
                    BN_cmp(x->under.get(), y->under.get()) == 0;
  if (same) return std::partial_ordering::equivalent;
  const int order =
      x && y ? BN_cmp(product(x->over, y->under).get(), product(y->over, x->under).get()) : 0;
  if (order == 0) return absl::InvalidArgumentError("a fraction in another than its lowest terms");
  return order <=> 0;
}

bool append_integral(double value, ValueWriter& out) {
  if (!std::isfinite(value) || std::trunc(value) != value) return false;
  if (value >= -kPast64Bits && value < kPast64Bits) {
    out.integer(static_cast<int64_t>(value));
    return true;
  }
  // mantissa * 2^exponent, the exponent divided into whole bytes of zeros and the bits that remain.
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  exponent -= std::numeric_limits<double>::digits;
  const auto mantissa = static_cast<int64_t>(fraction * kExact);
  const int64_t shifted = mantissa * (int64_t{1} << (exponent % 8));
  std::string bytes(static_cast<size_t>(exponent / 8), '\0');
  bytes.append(reinterpret_cast<const char*>(&shifted), sizeof(shifted));
  out.big_integer(bytes);
  return true;
}

bool append_decimal(std::string_view digits, ValueWriter& out) {
  constexpr size_t kMostDigits = 1 + kLongestSumBits * 10 / 33;  // A digit has more than 3.3 bits.
  const std::string_view magnitude = digits.substr(digits.starts_with('-') ? 1 : 0);
  const bool written_so = magnitude == "0" ? digits == "0" : !magnitude.starts_with('0');
  const bool all_digits =
      !magnitude.empty() && magnitude.find_first_not_of("0123456789") == std::string_view::npos;
  if (!written_so || !all_digits || magnitude.size() > kMostDigits) return false;
  BIGNUM* parsed = nullptr;
  ensure(BN_dec2bn(&parsed, std::string(digits).c_str()) != 0);
  BigNumber number(parsed);
  if (BN_num_bits(number.get()) > kLongestSumBits) return false;
  out.big_integer(twos_complement_of(std::move(number)));
  return true;
}

std::string print_big_integer(std::string_view twos_complement) {
  if (twos_complement.size() > kLongestSumBits / 8 + 1) return {};
  const BigNumber number = parse(twos_complement);
  if (BN_num_bits(number.get()) > kLongestSumBits) return {};
  char* const digits = BN_bn2dec(number.get());
  ensure(digits != nullptr);
  std::string printed(digits);
  OPENSSL_free(digits);
  return printed;
}

absl::StatusOr<std::string> add_values(std::string_view a, std::string_view b) {
  ValueReader a_reader(a);
  ValueReader b_reader(b);
  const std::optional<ValueHead> left = a_reader.head();
  const std::optional<ValueHead> right = b_reader.head();
  if (!left || !right) return absl::InvalidArgumentError("not an encoded value");
  if (!is_number(left->kind) || !is_number(right->kind)) {
    return absl::InvalidArgumentError(str_cat("unsupported operand type(s) for +: '",
                                              type_name(left->kind), "' and '",
                                              type_name(right->kind), "'"));
  }
  if (!a_reader.at_end() || !b_reader.at_end()) {
    return absl::InvalidArgumentError("not an encoded value");
  }
  if (left->kind == Kind::kReal || right->kind == Kind::kReal) return add_reals(*left, *right);
  return add_integers(*left, *right);
}

}  // namespace syncmanager
