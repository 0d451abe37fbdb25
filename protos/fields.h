#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Fields of encoded protobuf messages, read and written without message objects: what passes
// millions of times a second (frames, and the replies in them), and what is large.
// https://protobuf.dev/programming-guides/encoding
namespace syncmanager {

// One field of an encoded protobuf message: a number, or bytes.
struct Field {
  uint32_t number = 0;
  uint64_t integer = 0;
  std::string_view bytes;
};

// Reads the fields of an encoded message one after the other, as views into it. Fields of fixed
// width are passed over.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  // Returns false at the end, and at the first thing that makes no sense.
  bool next(Field& field);
  bool malformed() const { return malformed_; }
  // How many bytes come after the field that was read.
  size_t remaining() const { return rest_.size(); }

 private:
  bool varint(uint64_t& value);
  bool take(uint64_t size, std::string_view& bytes);

  std::string_view rest_;
  bool malformed_ = false;
};

// Appends what stands in front of a field of `length` bytes, which are to follow.
void append_head(std::string& out, int field, size_t length);
// Returns how many bytes that is.
size_t head_size(int field, size_t length);
// Appends a field that has bytes.
void append_bytes(std::string& out, int field, std::string_view bytes);
// Appends a field that is a number.
void append_number(std::string& out, int field, uint64_t value);
// Returns how many bytes that is.
size_t number_size(int field, uint64_t value);

}  // namespace syncmanager
