#include "manager/transport/locked_engine.h"

#include <chrono>

#include "protos/auth/handshake.h"

namespace syncmanager::manager {
namespace {

constexpr size_t kHashKeyBytes = 16;

wire::Started first_input(std::string_view server_id) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  wire::Started started;
  started.set_semantics(Engine::kSemantics);
  started.set_boot_ms(static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()));
  started.set_hash_key(random_bytes(kHashKeyBytes));
  started.set_server_id(std::string(server_id));
  started.set_version(SYNCMANAGER_VERSION);
  return started;
}

}  // namespace

LockedEngine::LockedEngine(std::span<const TypeRow> catalog, const Limits& limits,
                           std::string_view server_id)
    : engine_(catalog, limits, first_input(server_id)) {}

}  // namespace syncmanager::manager
