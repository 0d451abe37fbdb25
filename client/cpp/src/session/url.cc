#include "client/cpp/src/session/url.h"

#include <syncmanager/error.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "protos/auth/key_file.h"

namespace syncmanager {
namespace {

constexpr std::string_view kUnix = "unix:";
// The manager prints its addresses with the short schemes.
struct Scheme {
  std::string_view text;
  bool is_tls;
};
constexpr Scheme kSchemes[] = {
    {"syncmanager://", false}, {"tcp://", false}, {"syncmanager+tls://", true}, {"tls://", true}};

[[noreturn]] void fail(std::string_view url, const std::string& why) {
  throw InvalidArgument("the URL \"" + std::string(url) + "\" " + why +
                        "; expected unix:/path or syncmanager://[key_id@]host:port[/server_id], "
                        "with TLS syncmanager+tls://[key_id@]host:port[/server_id]"
                        "[?cert=FILE&key=FILE&ca=FILE]");
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

// The files of `cert=FILE&key=FILE&ca=FILE`, in any order.
CertificateFiles certificates_in(std::string_view url, std::string_view query) {
  CertificateFiles files;
  while (!query.empty()) {
    const std::string_view word = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), word.size() + 1));
    const size_t equals = std::min(word.find('='), word.size());
    const std::string_view name = word.substr(0, equals);
    const std::string_view file = word.substr(std::min(equals + 1, word.size()));
    std::string* const place = name == "cert"  ? &files.certificate
                               : name == "key" ? &files.key
                               : name == "ca"  ? &files.authorities
                                               : nullptr;
    if (place == nullptr) fail(url, "has \"" + std::string(word) + "\" behind its ?");
    *place = file;
  }
  if (files.certificate.empty() || files.key.empty() || files.authorities.empty()) {
    fail(url, "lacks one of the files cert, key and ca");
  }
  return files;
}

// Takes the scheme from the URL's beginning. Returns null if it has none of ours.
const Scheme* take_scheme(std::string_view& url) {
  for (const Scheme& scheme : kSchemes) {
    if (!url.starts_with(scheme.text)) continue;
    url.remove_prefix(scheme.text.size());
    return &scheme;
  }
  return nullptr;
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
  std::string_view rest = url;
  const Scheme* const scheme = take_scheme(rest);
  if (scheme == nullptr) fail(url, "isn't a manager's");
  parsed.is_tls = scheme->is_tls;
  if (const size_t question = rest.find('?'); question != std::string_view::npos) {
    if (!parsed.is_tls) fail(url, "has files of certificates, but no TLS");
    parsed.certificates = certificates_in(url, rest.substr(question + 1));
    rest = rest.substr(0, question);
  }
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
