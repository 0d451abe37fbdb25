// How the Engine writes what it tells sessions: encoded fields of a wire::ServerBatch, so that the
// transport makes frames by putting them behind each other.

#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "manager/core/engine.h"
#include "protos/value_rules.h"

namespace syncmanager {
namespace {

// The key and length in front of a field of a message.
constexpr size_t kAroundField = 16;

// Appends the key and the length of a field that has bytes.
void append_key(std::string& out, uint32_t field, size_t length) {
  using google::protobuf::io::CodedOutputStream;
  constexpr uint32_t kLengthDelimited = 2;
  uint8_t head[kAroundField];
  head[0] = static_cast<uint8_t>(field << 3 | kLengthDelimited);
  const uint8_t* end =
      CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(length), head + 1);
  out.append(reinterpret_cast<const char*>(head), static_cast<size_t>(end - head));
}

}  // namespace

void Engine::answer(Session& session, wire::Reply& reply) {
  emit(session, wire::ServerBatch::kRepliesFieldNumber, reply);
}

void Engine::answer(Session& session, uint64_t request, std::string_view value) {
  wire::Reply head;
  head.set_id(request);
  std::string front = head.SerializeAsString();
  append_key(front, wire::Reply::kValueFieldNumber, value.size());
  std::string field;
  field.reserve(front.size() + value.size() + kAroundField);
  append_key(field, wire::ServerBatch::kRepliesFieldNumber, front.size() + value.size());
  field += front;
  field += value;
  emit(session, std::move(field));
}

void Engine::notify(Session& session, const wire::Notice& notice) {
  emit(session, wire::ServerBatch::kNoticesFieldNumber, notice);
}

void Engine::emit(Session& session, uint32_t field, const google::protobuf::MessageLite& message) {
  const size_t size = message.ByteSizeLong();
  std::string encoded;
  encoded.reserve(kAroundField + size);
  append_key(encoded, field, size);
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

}  // namespace syncmanager
