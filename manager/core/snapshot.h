#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace syncmanager::manager {

// The Engine's state as canonical bytes: equal states give equal bytes, whatever the order in which
// hash tables hold them. Each part writes its fields in a fixed order and its members in the order
// of their numbers.
class Snapshot {
 public:
  void number(uint64_t value);        // Base-128 varint.
  void text(std::string_view value);  // Length, then bytes.
  void boolean(bool value) { number(value ? 1 : 0); }

  const std::string& bytes() const { return bytes_; }
  // 64 bits over all bytes, the same on every machine.
  uint64_t digest() const;

 private:
  std::string bytes_;
};

}  // namespace syncmanager::manager
