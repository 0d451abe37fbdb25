#include "manager/core/snapshot.h"

namespace syncmanager::manager {

void Snapshot::number(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

void Snapshot::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
}

// FNV-1a (RFC draft-eastlake-fnv): it guards against divergence, not against an attacker.
uint64_t Snapshot::digest() const {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes_) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace syncmanager::manager
