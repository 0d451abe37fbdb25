#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protos/auth/secret_bytes.h"

namespace syncmanager {

// Tags the frames of one direction: the first 16 bytes of HMAC-SHA-256 over the frame's number, its
// length and its body. The number counts from 0 and isn't sent: the stream is ordered, so a frame
// that was dropped, repeated or moved has a wrong tag.
//
// One thread at a time. The keyed state is made once and reused, a factor of four.
class FrameTagger {
 public:
  static constexpr size_t kTagBytes = 16;

  explicit FrameTagger(const SecretBytes& key);
  ~FrameTagger();
  FrameTagger(FrameTagger&&) noexcept;
  FrameTagger& operator=(FrameTagger&&) noexcept;

  // The tag of the next frame.
  std::string tag(std::string_view body);
  // Whether `tag` is the next frame's. Check it before the body is parsed; the stream ends if not.
  bool verify(std::string_view body, std::string_view tag);

 private:
  struct Mac;
  std::unique_ptr<Mac> mac_;
  uint64_t frames_ = 0;
};

}  // namespace syncmanager
