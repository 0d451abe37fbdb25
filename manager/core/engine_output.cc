// How the Engine writes what it tells sessions: encoded fields of a wire::ServerBatch, so that the
// transport makes frames by putting them behind each other.

#include <utility>

#include "manager/core/engine.h"
#include "protos/fields.h"
#include "protos/support/huge_pages.h"
#include "protos/value/rules.h"

namespace syncmanager::manager {

void Engine::answer(Session& session, wire::Reply& reply) {
  emit(session, wire::ServerBatch::kRepliesFieldNumber, reply);
}

void Engine::answer(Session& session, uint64_t request, std::string_view value) {
  constexpr int kReplies = wire::ServerBatch::kRepliesFieldNumber;
  constexpr int kId = wire::Reply::kIdFieldNumber, kValue = wire::Reply::kValueFieldNumber;
  const size_t reply = number_size(kId, request) + head_size(kValue, value.size()) + value.size();
  std::string field;
  reserve_large(field, head_size(kReplies, reply) + reply);
  append_head(field, kReplies, reply);
  append_number(field, kId, request);
  append_bytes(field, kValue, value);
  emit(session, std::move(field));
}

void Engine::notify(Session& session, const wire::Notice& notice) {
  emit(session, wire::ServerBatch::kNoticesFieldNumber, notice);
}

void Engine::emit(Session& session, int field, const google::protobuf::MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  std::string encoded;
  reserve_large(encoded, head_size(field, size) + size);
  append_head(encoded, field, size);
  const size_t head = encoded.size();
  encoded.resize(head + size);
  message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(encoded.data() + head));
  emit(session, std::move(encoded));
}

void Engine::emit(Session& session, std::string field) {
  session.emit({.lsn = lsn_, .field = std::move(field)});
  if (touched_.empty() || touched_.back() != session.number()) touched_.push_back(session.number());
}

void Engine::adopt_references(Session& session, std::string_view value) {
  for_each_reference(value, [&](ObjectId id) {
    if (Object* object = registry_.find(id)) session.adopt(*object);
  });
}

}  // namespace syncmanager::manager
