#include "syncmanager/decoder.h"

#include <syncmanager/error.h>

#include <string>

#include "client/cpp/src/session/references.h"
#include "client/cpp/src/session/session.h"

namespace syncmanager {
namespace {

const char* name_of(std::optional<Kind> kind) {
  if (!kind) return "nothing";
  switch (*kind) {
    case Kind::kNone:
      return "none";
    case Kind::kFalse:
    case Kind::kTrue:
      return "a boolean";
    case Kind::kInteger:
      return "an integer";
    case Kind::kBigInteger:
      return "an integer of more than 64 bits";
    case Kind::kReal:
      return "a real number";
    case Kind::kText:
      return "text";
    case Kind::kBytes:
      return "bytes";
    case Kind::kList:
      return "a list";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kSet:
    case Kind::kFrozenSet:
      return "a set";
    case Kind::kDict:
      return "a dict";
    case Kind::kReference:
      return "a reference to an object";
    case Kind::kOpaque:
      return "an opaque object of another language";
    case Kind::kKeyed:
      return "a value with a key";
  }
  return "of no known kind";
}

}  // namespace

void collect_references(std::string_view encoded, std::vector<uint64_t>& references) {
  ValueReader reader(encoded);
  while (const std::optional<ValueHead> head = reader.head()) {
    if (head->kind == Kind::kReference) references.push_back(head->number);
  }
}

Decoder::~Decoder() {
  if (reader_.at_end()) return;
  std::vector<uint64_t> references;
  collect_references(reader_.remaining(), references);
  for (const uint64_t object : references) origin_.session().forget(object);
}

ReferencePtr Decoder::reference(std::string_view type) {
  const ValueReader before = reader_;
  const std::optional<ValueHead> head = reader_.reference();
  if (!head) fail("a reference to an object");
  if (!type.empty() && head->name != type) {
    reader_ = before;
    reject("a reference to a " + std::string(head->name) + ", not to a " + std::string(type));
  }
  return std::make_shared<Reference>(origin_.shared_session(), head->number, head->name,
                                     std::string_view());
}

// A key has no references.
void Decoder::skip_key() {
  if (reader_.kind() == Kind::kKeyed && reader_.head()) reader_.skip();
}

void Decoder::skip() {
  const std::optional<std::string_view> passed = reader_.encoded();
  if (passed) const Decoder giving_back(*passed, origin_, operation_);
}

void Decoder::fail(std::string_view expected) const {
  reject(std::string(name_of(reader_.kind())) + ", not " + std::string(expected));
}

void Decoder::reject(std::string_view why) const {
  throw WrongType(origin_.description() + ": " + operation_ + ": the value is " + std::string(why));
}

}  // namespace syncmanager
