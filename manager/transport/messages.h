#pragma once

#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <string_view>

#include "google/protobuf/message_lite.h"

namespace syncmanager {

// Messages of a stream as gRPC carries them: raw bytes, so that parsing and its memory are ours.

// The bytes of a message, which may lie in several slices, as one view. `memory` keeps them.
std::string_view view_of(const grpc::ByteBuffer& bytes, grpc::Slice& memory);
// Parses `bytes`, which may lie in several slices. False if they are no such message.
bool parse(const grpc::ByteBuffer& bytes, google::protobuf::MessageLite& message);

grpc::ByteBuffer encode(const google::protobuf::MessageLite& message);
// Bytes that are a message already; their memory is taken.
grpc::ByteBuffer encode(std::string bytes);

}  // namespace syncmanager
