#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

// Messages with one large field of bytes, encoded and parsed without a copy of it. Protobuf's own
// functions copy each field once, into fresh memory.
namespace syncmanager {

// Bytes of somebody else that come after the first `after` bytes of a text.
struct LentBytes {
  size_t after = 0;
  std::string_view bytes;
};

// An encoded message in pieces.
struct EncodedMessage {
  std::string front;
  std::vector<LentBytes> lent;  // Between bytes of `front`, in their order.
  std::string large;            // The last piece.

  size_t size() const;
  bool empty() const { return size() == 0; }
  // The bytes from that place on that lie in one piece. REQUIRES: place < size().
  std::string_view piece_at(size_t place) const;
  // Copies what is lent.
  void own();
};

// Encodes the message. The field that is more than half of it, if there is such a one, is moved out
// of the message, which is of no use afterwards. Empty for a message of more than 2 GiB, which
// protobuf can't read.
EncodedMessage encode_moving(google::protobuf::Message& message);

// Encodes the message with a value of some lent bytes in the field at the end of `way`, of which
// the message has nothing yet. The bytes must stay as they are until the message was sent or owns
// them. Empty for more than 2 GiB.
EncodedMessage encode_lent(const google::protobuf::Message& message,
                           const std::vector<const google::protobuf::FieldDescriptor*>& way,
                           std::string value, std::vector<LentBytes> lent);

// Parses an encoded message. A field that is more than half of it takes over the memory. Returns
// false if it can't be read. Of a field that isn't repeated and occurs twice, which nobody writes,
// the larger one may stay in place of the last one.
bool parse_moving(std::string encoded, google::protobuf::Message& message);

}  // namespace syncmanager
