#pragma once

#include <string>

#include "protos/auth/tls_credentials.h"

namespace syncmanager {

// An authority and what it signs, in files of a directory of its own, made by openssl(1). Throws
// std::runtime_error if that fails.
class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // A certificate for "localhost" and 127.0.0.1, and its private key.
  const CertificateFiles& manager() const { return manager_; }
  const CertificateFiles& client() const { return client_; }
  // Makes others in the manager's files, for another host name.
  void replace_manager(const std::string& host) { sign(manager_, "manager", host); }

 private:
  void sign(CertificateFiles& files, const std::string& name, const std::string& host);
  void run(const std::string& arguments) const;

  const std::string directory_;
  CertificateFiles manager_, client_;
};

}  // namespace syncmanager
