// check_value: an iterative walk over the form and the limits, and then, only where that met a set
// or a dict, a second walk over their keys.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "protos/support/str_cat.h"
#include "protos/support/utf8.h"
#include "protos/value/key.h"
#include "protos/value/rules.h"

namespace syncmanager {
namespace {

constexpr size_t kLongestName = 64;
constexpr size_t kLongestType = 1024;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool in_type_name(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}
bool in_codec_name(char c) {
  return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
}

bool is_name(std::string_view name, bool (*allowed)(char)) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), allowed);
}

absl::Status too_much(std::string_view what, uint64_t limit) {
  return absl::InvalidArgumentError(str_cat("the value has ", what, "; expected at most ", limit));
}

// The walk over the form. It knows how many values are still owed at each level, which is all that
// nesting asks for.
class FormWalk {
 public:
  FormWalk(std::string_view encoded, const ValueLimits& limits)
      : reader_(encoded), size_(encoded.size()), limits_(limits) {}

  absl::Status run();

  const Census& census() const { return census_; }
  bool met_keys() const { return met_keys_; }

 private:
  absl::Status take_value();
  absl::Status enter(const ValueHead& container);
  bool in_key();
  absl::Status wrong(std::string_view what, std::string_view expected) const;

  ValueReader reader_;
  const size_t size_;
  const ValueLimits& limits_;
  Census census_;
  bool met_keys_ = false;
  uint32_t level_ = 0;  // 0 is outside of any container.
  uint32_t keyed_ = 0;  // The level of the outermost value whose key is walked; 0: of none.
  // Only those up to level_ have a value: setting all would cost more than most walks.
  std::array<uint64_t, kDeepestValue + 1> owed_;
};

absl::Status FormWalk::run() {
  if (size_ > limits_.bytes) return too_much(str_cat(size_, " bytes"), limits_.bytes);
  owed_[0] = 1;
  while (true) {
    while (owed_[level_] == 0) {
      if (level_ == 0) {
        return reader_.at_end() ? absl::OkStatus() : wrong("bytes after its end", "none");
      }
      --level_;
    }
    if (const uint64_t passed = reader_.skip_integers(owed_[level_]); passed > 0) {
      owed_[level_] -= passed;  // They are right as they are, and long lists of them common.
      continue;
    }
    --owed_[level_];
    if (absl::Status taken = take_value(); !taken.ok()) return taken;
  }
}

// Whether the value that is taken is a key of a keyed one, or inside of such.
bool FormWalk::in_key() {
  const bool left = level_ < keyed_ || (level_ == keyed_ && owed_[level_] == 0);
  if (left) keyed_ = 0;
  return keyed_ > 0;
}

absl::Status FormWalk::take_value() {
  const bool in_key = this->in_key();
  const std::optional<ValueHead> head = reader_.head();
  if (!head) {
    if (reader_.at_end()) return wrong("an end", "another value");
    if (!reader_.kind()) return wrong("an unknown tag", "a tag from 0 to 15");
    return wrong(str_cat("a malformed ", type_name(*reader_.kind())), "the shortest form, whole");
  }
  switch (head->kind) {
    case Kind::kText:
      if (!valid_utf8(head->content)) return wrong("a text that isn't UTF-8 before", "UTF-8");
      break;
    case Kind::kReference:
      census_.has_references = true;
      if (in_key) return wrong("a key with a reference before", "a key without");
      if (!is_name(head->name, in_type_name)) {
        return wrong("a reference with a bad type before", "1 to 64 of A-Z a-z 0-9 _");
      }
      break;
    case Kind::kOpaque:
      if (!is_name(head->name, in_codec_name)) {
        return wrong("an opaque with a bad codec before", "1 to 64 of a-z 0-9 . _ -");
      }
      break;
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kSet:
    case Kind::kFrozenSet:
    case Kind::kDict:
      return enter(*head);
    case Kind::kKeyed:
      if (head->name.size() > kLongestType || !valid_utf8(head->name)) {
        return wrong("a keyed value with a bad type before", "at most 1024 bytes of UTF-8");
      }
      if (absl::Status entered = enter(*head); !entered.ok()) return entered;
      if (!in_key) keyed_ = level_;
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

absl::Status FormWalk::enter(const ValueHead& container) {
  const uint32_t deepest = std::min(limits_.depth, kDeepestValue);
  if (level_ >= deepest) return too_much(str_cat(level_ + 1, " levels"), deepest);
  census_.elements += container.elements();
  if (container.kind != Kind::kList && container.kind != Kind::kTuple) met_keys_ = true;
  owed_[++level_] = container.elements();
  census_.depth = std::max(census_.depth, level_);
  return absl::OkStatus();
}

absl::Status FormWalk::wrong(std::string_view what, std::string_view expected) const {
  return absl::InvalidArgumentError(str_cat("the value has ", what, " at byte ",
                                            size_ - reader_.remaining().size(), "; expected ",
                                            expected));
}

// The walk over the keys of a value whose form is right, so its nesting is bounded.
absl::Status check_keys(ValueReader& reader) {
  const std::optional<ValueHead> head = reader.head();
  if (!head) return absl::InvalidArgumentError("not an encoded value");
  const bool is_dict = head->kind == Kind::kDict;
  const bool is_set = head->kind == Kind::kSet || head->kind == Kind::kFrozenSet;
  if (!is_dict && !is_set) {
    for (uint64_t i = 0; i < head->elements(); ++i) {
      if (absl::Status checked = check_keys(reader); !checked.ok()) return checked;
    }
    return absl::OkStatus();
  }
  KeyForms keys;
  for (uint64_t i = 0; i < head->number; ++i) {
    if (absl::Status added = keys.take(reader); !added.ok()) return added;
    if (!is_dict) continue;
    if (absl::Status checked = check_keys(reader); !checked.ok()) return checked;
  }
  return keys.sort();
}

}  // namespace

absl::StatusOr<Census> check_value(std::string_view encoded, const ValueLimits& limits) {
  FormWalk walk(encoded, limits);
  if (absl::Status form = walk.run(); !form.ok()) return form;
  if (walk.met_keys()) {
    ValueReader reader(encoded);
    if (absl::Status keys = check_keys(reader); !keys.ok()) return keys;
  }
  return walk.census();
}

}  // namespace syncmanager
