#include "client/cpp/src/url.h"

#include <syncmanager/error.h>

#include <charconv>
#include <cstdint>

#include "protos/key_file.h"

namespace syncmanager {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kScheme = "syncmanager://";
constexpr std::string_view kTcp = "tcp://";  // As the manager prints where it listens.

[[noreturn]] void fail(std::string_view url, const std::string& why) {
  throw InvalidArgument("the URL \"" + std::string(url) + "\" " + why +
                        "; expected unix:/path or syncmanager://[key_id@]host:port[/server_id]");
}

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port != 0;
}

// A path that begins with several slashes is that with one: unix:///path.
std::string path_of(std::string_view path) {
  if (path.empty()) return default_socket_path();
  while (path.starts_with("//")) path.remove_prefix(1);
  return std::string(path);
}

}  // namespace

Url parse_url(std::string_view url) {
  Url parsed;
  if (url.starts_with(kUnix)) {
    parsed.target.path = path_of(url.substr(kUnix.size()));
    return parsed;
  }
  // A path is the address of a manager in Python, as in CPython.
  if (url.starts_with('/')) {
    parsed.target.path = path_of(url);
    return parsed;
  }
  const std::string_view scheme = url.starts_with(kTcp) ? kTcp : kScheme;
  if (!url.starts_with(scheme)) fail(url, "isn't a manager's");
  std::string_view rest = url.substr(scheme.size());
  if (const size_t at = rest.find('@'); at != std::string_view::npos) {
    parsed.key_id = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    parsed.server_id = rest.substr(slash + 1);
    rest = rest.substr(0, slash);
  }
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(rest.substr(colon + 1))) {
    fail(url, "names no host and port");
  }
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    fail(url, "has an IPv6 address that isn't in brackets");
  }
  parsed.target.host = host;
  parsed.target.port = rest.substr(colon + 1);
  return parsed;
}

}  // namespace syncmanager
