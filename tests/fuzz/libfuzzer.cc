// libFuzzer calls this with one input after the other, led by what they cover.
#include <cstddef>
#include <cstdint>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  syncmanager::fuzz({reinterpret_cast<const char*>(bytes), size});
  return 0;
}
