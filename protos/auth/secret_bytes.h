#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace syncmanager {

// Secret bytes: movable and not copyable, overwritten before their memory is given back, and never
// a std::string. Where OpenSSL's secure heap is set up (CRYPTO_secure_malloc_init) they lie in
// locked memory that no core dump contains; elsewhere in ordinary memory, cleansed all the same.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(size_t size);  // Zeros.
  explicit SecretBytes(std::string_view bytes);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  ~SecretBytes();

  uint8_t* data() { return bytes_; }
  const uint8_t* data() const { return bytes_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // The bytes in place: valid as long as this is.
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_), size_}; }

  // A copy, said aloud.
  SecretBytes clone() const { return SecretBytes(view()); }

 private:
  uint8_t* bytes_ = nullptr;
  size_t size_ = 0;
};

// Overwrites bytes that are about to be let go; the compiler can't leave it out, as it may a
// memset.
void cleanse(std::string& bytes);

// Compares in a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace syncmanager
