#include "tests/support/certificates.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace syncmanager {
namespace {

constexpr char kNewKey[] = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";

std::string make_directory() {
  std::string path = std::filesystem::temp_directory_path() / "certificates.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no directory: " + path);
  return path + "/";
}

}  // namespace

Certificates::Certificates() : directory_(make_directory()) {
  run(std::string("req -x509 ") + kNewKey + " -subj /CN=authority -keyout ca.key -out ca.pem");
  sign(manager_, "manager", "localhost");
  sign(client_, "client", "client");
}

Certificates::~Certificates() { std::filesystem::remove_all(directory_); }

void Certificates::sign(CertificateFiles& files, const std::string& name, const std::string& host) {
  std::ofstream(directory_ + "names") << "subjectAltName=DNS:" << host << ",IP:127.0.0.1\n";
  run(std::string("req ") + kNewKey + " -subj /CN=" + name + " -keyout " + name +
      ".key -out request");
  run("x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names "
      "-out " +
      name + ".pem");
  files = {.certificate = directory_ + name + ".pem",
           .key = directory_ + name + ".key",
           .authorities = directory_ + "ca.pem"};
}

void Certificates::run(const std::string& arguments) const {
  const std::string command = "cd " + directory_ + " && openssl " + arguments + " >>log 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("this failed: " + command);
}

}  // namespace syncmanager
