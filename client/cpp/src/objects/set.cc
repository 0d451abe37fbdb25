#include "syncmanager/set.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::SetOp;

constexpr auto kSet = &wire::Request::mutable_set;
constexpr Operation kClear{kSet, &Op::mutable_clear, "clear"};
constexpr Operation kCombine{kSet, &Op::mutable_combine, "combine", &Op::Combine::set_operator_,
                             several(&Op::Combine::mutable_values)};
constexpr Operation kContains{kSet, &Op::mutable_contains, "contains",
                              &Op::Contains::mutable_value};
constexpr Operation kDiscard{kSet, &Op::mutable_discard, "erase", &Op::Discard::mutable_value};
constexpr Operation kInsert{kSet, &Op::mutable_insert, "insert", &Op::Insert::mutable_value};
constexpr Operation kLength{kSet, &Op::mutable_length, "size"};
constexpr Operation kPop{kSet, &Op::mutable_pop, "pop"};
constexpr Operation kReadPage{kSet, &Op::mutable_read_page, "read", &Op::ReadPage::set_cursor,
                              &Op::ReadPage::set_version};

}  // namespace

ReferencePtr SetCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "set",
                     [](wire::RegistryOp::Open& open) { open.mutable_set(); });
}

int64_t SetCalls::size() const { return ask(reference_, kLength()).as<int64_t>(); }

void SetCalls::clear() const { ask(reference_, kClear()).require(); }

Answer SetCalls::insert_encoded(std::string_view value) const {
  return ask(reference_, kInsert(value));
}

Answer SetCalls::erase_encoded(std::string_view value) const {
  return ask(reference_, kDiscard(value));
}

Answer SetCalls::contains_encoded(std::string_view value) const {
  return ask(reference_, kContains(value));
}

Answer SetCalls::pop_oldest() const { return ask(reference_, kPop()); }

Answer SetCalls::combine(Operator with, const std::vector<std::string>& values) const {
  const auto wire_operator = [with] {
    switch (with) {
      case Operator::kUnion:
        return Op::UNION;
      case Operator::kIntersection:
        return Op::INTERSECTION;
      case Operator::kDifference:
        return Op::DIFFERENCE;
      case Operator::kSymmetricDifference:
        return Op::SYMMETRIC_DIFFERENCE;
    }
    return Op::UNION;
  };
  return ask(reference_, kCombine(wire_operator(), values));
}

PendingAnswer SetCalls::start_insert(std::string_view value) const {
  return start(reference_, kInsert(value));
}

Answer SetCalls::page(PagePosition position) const {
  return ask(reference_, kReadPage(position.cursor, position.version));
}

}  // namespace syncmanager
