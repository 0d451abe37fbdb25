#include "manager/transport/address.h"

#include <arpa/inet.h>
#include <sys/un.h>

#include <charconv>

#include "protos/auth/key_file.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kTcp = "tcp://";
constexpr std::string_view kTls = "tls://";

absl::Status expected(std::string_view text, std::string_view what) {
  return absl::InvalidArgumentError(str_cat(
      "listen address \"", text, "\": ", what,
      "; expected unix:/path, unix: (the default path), tcp://host:port, tls://host:port or "
      "[::1]:port"));
}

absl::StatusOr<Address> parse_unix(std::string_view text) {
  Address address{.is_unix = true, .path = std::string(text.substr(kUnix.size()))};
  if (address.path.empty()) {
    const absl::StatusOr<std::string> directory = default_directory();
    if (!directory.ok()) return directory.status();
    address.path = default_socket_path();
  }
  if (address.path.starts_with("//"))
    address.path.erase(0, address.path.find_first_not_of('/') - 1);
  if (address.path[0] != '/') return expected(text, "the path isn't absolute");
  if (address.path.size() >= sizeof(sockaddr_un::sun_path)) {
    return expected(text,
                    str_cat("the path has ", address.path.size(), " bytes and the system takes ",
                            sizeof(sockaddr_un::sun_path) - 1));
  }
  return address;
}

}  // namespace

absl::StatusOr<Address> Address::parse(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return expected(text, "it has a zero byte");
  if (text.starts_with(kUnix)) return parse_unix(text);
  const bool is_tls = text.starts_with(kTls);
  std::string_view rest = text;
  if (is_tls || rest.starts_with(kTcp)) rest.remove_prefix(kTcp.size());

  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return expected(text, "the port is missing");
  std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']') && host.size() > 2) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]/@") != std::string_view::npos) {
    return expected(text, "an IPv6 address stands in brackets");
  }
  if (host.empty()) return expected(text, "the host is missing");

  Address address{.host = std::string(host)};
  if (is_tls) address.plain = Plain::kNobody;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) {
    return expected(text, str_cat("\"", port, "\" is no port (0 to 65535)"));
  }
  return address;
}

std::string Address::to_string() const {
  if (is_unix) return str_cat(kUnix, path);
  const bool is_v6 = host.find(':') != std::string::npos;
  return str_cat(needs_tls(is_loopback()) ? kTls : kTcp, is_v6 ? "[" : "", host, is_v6 ? "]:" : ":",
                 port);
}

bool Address::needs_tls(bool is_here) const {
  return plain == Plain::kNobody || (plain == Plain::kThisMachine && !is_here);
}

bool Address::is_loopback() const {
  if (is_unix || host == "localhost") return true;
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace syncmanager::manager
