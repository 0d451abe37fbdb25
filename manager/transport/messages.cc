#include "manager/transport/messages.h"

#include <cstdint>
#include <utility>

namespace syncmanager {
namespace {

// What costs less to copy than to own.
constexpr size_t kCopiedBytes = 4096;

}  // namespace

bool parse(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message) {
  grpc::Slice slice;
  if (!bytes.TrySingleSlice(&slice).ok() && !bytes.DumpToSingleSlice(&slice).ok()) return false;
  return message.ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
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
