#include "syncmanager/set.h"

#include "client/cpp/src/session/ask.h"
#include "protos/support/huge_pages.h"

namespace syncmanager {
namespace {

auto insert_of(std::string_view value) {
  return [value](wire::Request& request) {
    request.mutable_set()->mutable_insert()->set_value(copy_of(value));
  };
}

}  // namespace

ReferencePtr SetCalls::open(const ReferencePtr& registry, std::string_view name) {
  return open_object(registry, name, "set",
                     [](wire::RegistryOp::Open& open) { open.mutable_set(); });
}

int64_t SetCalls::size() const {
  return ask(reference_, "size", Timeout::never(),
             [](wire::Request& request) { request.mutable_set()->mutable_length(); })
      .as<int64_t>();
}

void SetCalls::clear() const {
  ask(reference_, "clear", Timeout::never(), [](wire::Request& request) {
    request.mutable_set()->mutable_clear();
  }).require();
}

Answer SetCalls::insert_encoded(std::string_view value) const {
  return ask(reference_, "insert", Timeout::never(), insert_of(value));
}

Answer SetCalls::erase_encoded(std::string_view value) const {
  return ask(reference_, "erase", Timeout::never(), [value](wire::Request& request) {
    request.mutable_set()->mutable_discard()->set_value(copy_of(value));
  });
}

Answer SetCalls::contains_encoded(std::string_view value) const {
  return ask(reference_, "contains", Timeout::never(), [value](wire::Request& request) {
    request.mutable_set()->mutable_contains()->set_value(copy_of(value));
  });
}

Answer SetCalls::pop_oldest() const {
  return ask(reference_, "pop", Timeout::never(),
             [](wire::Request& request) { request.mutable_set()->mutable_pop(); });
}

Answer SetCalls::combine(Operator with, const std::vector<std::string>& values) const {
  return ask(reference_, "combine", Timeout::never(), [&](wire::Request& request) {
    wire::SetOp::Combine& combine = *request.mutable_set()->mutable_combine();
    switch (with) {
      case Operator::kUnion:
        combine.set_operator_(wire::SetOp::UNION);
        break;
      case Operator::kIntersection:
        combine.set_operator_(wire::SetOp::INTERSECTION);
        break;
      case Operator::kDifference:
        combine.set_operator_(wire::SetOp::DIFFERENCE);
        break;
      case Operator::kSymmetricDifference:
        combine.set_operator_(wire::SetOp::SYMMETRIC_DIFFERENCE);
        break;
    }
    for (const std::string& value : values) combine.add_values(value);
  });
}

PendingAnswer SetCalls::start_insert(std::string_view value) const {
  return start(reference_, "insert", Timeout::never(), insert_of(value));
}

Answer SetCalls::page(PagePosition position) const {
  return ask(reference_, "read", Timeout::never(), [position](wire::Request& request) {
    request.mutable_set()->mutable_read_page()->set_cursor(position.cursor);
    request.mutable_set()->mutable_read_page()->set_version(position.version);
  });
}

}  // namespace syncmanager
