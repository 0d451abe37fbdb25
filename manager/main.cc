// syncmanagerd: the manager. Reads flags and keys, opens its sockets, serves until told to leave.
//
// Exit codes: 0 after taking leave, --help and --version; 2 for a flag that is wrong, and for keys,
// addresses or sockets that can't be used; 3 if another program listens at an address; 130 and 143
// at a second SIGINT or SIGTERM.

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "manager/flags.h"
#include "manager/hardening.h"
#include "manager/log.h"
#include "manager/memory.h"
#include "manager/objects/catalog.h"
#include "manager/owner.h"
#include "manager/signals.h"
#include "manager/transport/listener.h"
#include "manager/transport/locked_engine.h"
#include "manager/transport/server.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr int kCannotStart = 2, kAddressInUse = 3;

// How long the last answers of a manager with an owner may take to leave: its owner waits.
constexpr std::chrono::milliseconds kOwnersPatience{250};

[[noreturn]] void give_up(const Flags& flags, const absl::Status& why) {
  refuse_to_start(flags, absl::IsAlreadyExists(why) ? kAddressInUse : kCannotStart,
                  to_std(why.message()));
}

Address::Plain plain_at(const Address& address, const Flags& flags) {
  if (flags.tls != Flags::Tls::kOptional) return Address::Plain::kNobody;
  return flags.trust_network ? Address::Plain::kEverybody : address.plain;
}

std::vector<std::unique_ptr<Listener>> open_listeners(const Flags& flags) {
  std::vector<std::unique_ptr<Listener>> listeners;
  for (const std::string& text : flags.listen) {
    absl::StatusOr<Address> address = Address::parse(text);
    if (!address.ok()) give_up(flags, address.status());
    address->plain = plain_at(*address, flags);
    absl::StatusOr<std::unique_ptr<Listener>> listener = Listener::open(*address);
    if (!listener.ok()) give_up(flags, listener.status());
    listeners.push_back(*std::move(listener));
  }
  return listeners;
}

std::unique_ptr<Gateway> start_gateway(const Flags& flags) {
  if (flags.grpc.empty()) return nullptr;
  const absl::StatusOr<Address> address = Address::parse(flags.grpc);
  if (!address.ok()) give_up(flags, address.status());
  const bool has_tls = flags.tls == Flags::Tls::kCertificates && !address->is_unix;
  if (!address->is_loopback() && !has_tls) {
    give_up(flags,
            absl::InvalidArgumentError(str_cat(
                "--grpc=", flags.grpc,
                " is open to a network; expected --tls=mutual beside it, as gRPC has no TLS by "
                "keys, or an address of this machine")));
  }
  absl::StatusOr<std::unique_ptr<Gateway>> gateway =
      Gateway::start(*address, has_tls ? flags.certificates : CertificateFiles());
  if (!gateway.ok()) give_up(flags, gateway.status());
  return *std::move(gateway);
}

// Prints one line with the real addresses, for the program that started the manager.
void say_where(const std::vector<std::unique_ptr<Listener>>& listeners, const Gateway* gateway,
               const Flags& flags) {
  std::string addresses;
  for (const auto& listener : listeners) {
    addresses += str_cat(" ", listener->address().to_string());
  }
  if (gateway != nullptr) addresses += str_cat(" grpc://", gateway->address());
  spdlog::info("listening on{}, session timeout {} ms", addresses, flags.session_timeout.count());
  const std::string line = str_cat("listening on", addresses, "\n");
  const int out = flags.ready_fd >= 0 ? flags.ready_fd : STDOUT_FILENO;
  if (::write(out, line.data(), line.size()) < 0) spdlog::warn("nobody reads where it listens");
  if (flags.ready_fd >= 0) ::close(flags.ready_fd);
}

absl::StatusOr<Credentials> with_certificates(absl::StatusOr<KeyRing> keys, const Flags& flags) {
  if (!keys.ok()) return keys.status();
  Credentials credentials{.keys = *std::move(keys), .certificates = nullptr};
  if (flags.tls != Flags::Tls::kCertificates) return credentials;
  absl::StatusOr<std::shared_ptr<const TlsCredentials>> certificates =
      TlsCredentials::for_manager(flags.certificates);
  if (!certificates.ok()) return certificates.status();
  credentials.certificates = *std::move(certificates);
  return credentials;
}

void reload(Server& server, const Flags& flags) {
  if (flags.keys.file.empty()) {
    spdlog::warn("SIGHUP: there is no --authkey-file to read again");
    return;
  }
  absl::StatusOr<Credentials> credentials =
      with_certificates(KeyRing::load(flags.keys.file), flags);
  if (!credentials.ok()) {
    spdlog::error("SIGHUP: the old keys and certificates stay: {}",
                  to_std(credentials.status().message()));
    return;
  }
  server.replace(*std::move(credentials));
}

void serve(const Flags& flags) {
  std::string where;
  absl::StatusOr<Credentials> credentials =
      with_certificates(load_manager_keys(flags.keys, where), flags);
  if (!credentials.ok()) give_up(flags, credentials.status());
  std::vector<std::unique_ptr<Listener>> listeners = open_listeners(flags);
  spdlog::info("{} keys from {}", credentials->keys.size(), where);

  const Owner owner(flags.owned_directory);
  const FileDescriptor lifeline(flags.lifeline_fd);
  LockedEngine locked_engine(catalog(), flags.limits, flags.keys.server_id);
  Server::Options options{.server_id = flags.keys.server_id,
                          .session_timeout = flags.session_timeout,
                          .spin = flags.spin,
                          .drain_timeout = flags.drain_timeout,
                          .limits = flags.limits,
                          .visitors = flags.visitors,
                          .lifeline = lifeline.get(),
                          .on_leave = [&owner] { owner.remove_directory(); },
                          .excuses_silence = [&owner] { return owner.is_stopped(); }};
  if (owner.process() != 0) options.flush_timeout = kOwnersPatience;
  std::unique_ptr<Gateway> gateway = start_gateway(flags);
  say_where(listeners, gateway.get(), flags);
  Server server(locked_engine, *std::move(credentials), std::move(listeners), std::move(gateway),
                std::move(options));
  const auto leave = [&] {
    spdlog::info("taking leave");
    server.drain();
  };
  const Signals signals(
      leave, [&] { reload(server, flags); }, lifeline.get(), owner.process());
  server.run();
  const wire::Statistics left =
      locked_engine.ask([](Engine& engine) { return engine.statistics(); });
  spdlog::info("ended after {} operations; dropped {} objects with {} bytes", left.operations(),
               left.objects(), left.bytes());
}

}  // namespace
}  // namespace syncmanager::manager

int main(int argc, char** argv) {
  using namespace syncmanager::manager;
  const Flags flags = read_flags(argc, argv);
  prepare_process();
  keep_freed_memory();
  if (!flags.allow_core) forbid_core_dumps();
  Signals::block();
  if (const absl::Status log = set_up_log(flags.log_level, flags.log_json); !log.ok())
    give_up(flags, log);
  if (::geteuid() == 0 && !flags.allow_root) {
    spdlog::warn("running as root; a user of its own is enough (--allow-root says it's meant)");
  }
  serve(flags);
  spdlog::default_logger()->flush();
  return 0;
}
