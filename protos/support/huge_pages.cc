#include "protos/support/huge_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace syncmanager {
namespace {

// A smaller block gains little: the memory that an allocator reuses has its pages already.
constexpr size_t kWorthwhile = size_t{2} << 20;

}  // namespace

void prefer_huge_pages(const void* memory, size_t bytes) {
  if (bytes < kWorthwhile) return;
  static const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto address = reinterpret_cast<uintptr_t>(memory);
  const uintptr_t begin = address / page * page;
  // An allocator's block of this size has pages of its own, its header included. It fails where the
  // kernel was built without huge pages, which changes nothing but the time.
  madvise(reinterpret_cast<void*>(begin), address + bytes - begin, MADV_HUGEPAGE);
}

void reserve_large(std::string& text, size_t bytes) {
  if (bytes <= text.capacity()) return;
  if (bytes < kWorthwhile) return text.reserve(bytes);
  // reserve() would copy the text before anybody could ask for the pages.
  std::string larger;
  larger.reserve(bytes);
  prefer_huge_pages(larger.data(), bytes);
  larger += text;
  text = std::move(larger);
}

std::string copy_of(std::string_view bytes) {
  std::string copy;
  reserve_large(copy, bytes.size());
  copy += bytes;
  return copy;
}

}  // namespace syncmanager
