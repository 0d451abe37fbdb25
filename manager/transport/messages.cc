#include "manager/transport/messages.h"

#include <cstdint>
#include <utility>

namespace syncmanager {
namespace {

// What costs less to copy than to own.
constexpr size_t kCopiedBytes = 4096;

}  // namespace

std::string_view view_of(const grpc::ByteBuffer& bytes, grpc::Slice& memory) {
  // Bytes that were received lie in memory: neither can fail.
  if (!bytes.TrySingleSlice(&memory).ok()) bytes.DumpToSingleSlice(&memory);
  return {reinterpret_cast<const char*>(memory.begin()), memory.size()};
}

bool parse(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  grpc::Slice memory;
  const std::string_view whole = view_of(bytes, memory);
  return message.ParseFromArray(whole.data(), static_cast<int>(whole.size()));
}

grpc::ByteBuffer encode(const google::protobuf::MessageLite& message) {
  return encode(message.SerializeAsString());
}

grpc::ByteBuffer encode(std::string bytes) {
  if (bytes.size() <= kCopiedBytes) {
    const grpc::Slice slice(bytes.data(), bytes.size());
    return grpc::ByteBuffer(&slice, 1);
  }
  auto* const owner = new std::string(std::move(bytes));
  const grpc::Slice slice(
      owner->data(), owner->size(), [](void* text) { delete static_cast<std::string*>(text); },
      owner);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace syncmanager
