// syncmanager-grpc: the gateway for stock gRPC clients. `syncmanagerd --grpc=ADDRESS` starts it.
//
// It turns each gRPC stream into a connection to the manager, message for message, and has gRPC's
// health service and reflection. It has no key and is told nothing: a client proves its key to the
// manager through it. Exit codes: 0 when the manager has ended, 2 if it can't listen.

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <string>

#include "manager/gateway/bridge.h"
#include "manager/gateway/channel.h"
#include "protos/auth/tls_credentials.h"
#include "protos/session.grpc.pb.h"

namespace syncmanager::manager {
namespace {

constexpr int kCannotListen = 2;
constexpr size_t kQuotaBytes = size_t{256} << 20;
constexpr std::chrono::seconds kLastWords{1};
constexpr char kService[] = "syncmanager.wire.Manager";

class Service : public wire::Manager::CallbackService {
 public:
  explicit Service(const Channel& channel) : channel_(channel) {}

  grpc::ServerBidiReactor<wire::ClientMessage, wire::ServerMessage>* Session(
      grpc::CallbackServerContext* call) override {
    return new Bridge(channel_, call->peer());
  }

 private:
  const Channel& channel_;
};

// How often the certificates' files are checked for changes.
constexpr unsigned kRereadSeconds = 10;

std::shared_ptr<grpc::ServerCredentials> credentials_of(const CertificateFiles& files) {
  if (files.certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::experimental::TlsServerCredentialsOptions options(
      std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
          files.key, files.certificate, files.authorities, kRereadSeconds));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return grpc::experimental::TlsServerCredentials(options);
}

int serve(const std::string& address, const CertificateFiles& certificates,
          const Channel& channel) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  Service service(channel);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, credentials_of(certificates), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetMaxReceiveMessageSize(static_cast<int>(kLargestMessage));
  builder.SetMaxSendMessageSize(-1);
  builder.SetResourceQuota(grpc::ResourceQuota("gateway").Resize(kQuotaBytes));
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::cerr << "syncmanager-grpc: can't listen on " << address << "\n";
    return kCannotListen;
  }
  server->GetHealthCheckService()->SetServingStatus(kService, true);
  const size_t colon = address.rfind(':');
  const bool is_unix = address.starts_with("unix:");
  channel.announce(is_unix ? address : address.substr(0, colon + 1) + std::to_string(port));
  while (channel.await_word()) server->GetHealthCheckService()->SetServingStatus(false);
  server->Shutdown(std::chrono::system_clock::now() + kLastWords);
  return 0;
}

}  // namespace
}  // namespace syncmanager::manager

int main(int argc, char** argv) {
  CLI::App app("The gateway for stock gRPC clients: syncmanagerd --grpc=ADDRESS starts it.");
  app.footer("Example:\n  syncmanagerd --grpc=127.0.0.1:7001");
  std::string address;
  int channel = -1;
  app.add_option("--listen", address, "host:port or unix:/path")->required();
  app.add_option("--manager-fd", channel, "The channel to the manager")->required();
  syncmanager::CertificateFiles certificates;
  app.add_option("--tls-cert", certificates.certificate, "PEM file: serve TLS, with certificates");
  app.add_option("--tls-key", certificates.key, "PEM file of its private key");
  app.add_option("--tls-ca", certificates.authorities, "PEM file of the clients' authorities");
  CLI11_PARSE(app, argc, argv);
  return syncmanager::manager::serve(address, certificates, syncmanager::manager::Channel(channel));
}
