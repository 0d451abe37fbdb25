// syncmanager-grpc: the gateway for stock gRPC clients. `syncmanagerd --grpc=ADDRESS` starts it.
//
// It turns each gRPC stream into a connection to the manager, message for message, and has gRPC's
// health service and reflection. It has no key and is told nothing: a client proves its key to the
// manager through it. Exit codes: 0 when the manager has ended, 2 if it can't listen.

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <string>

#include "manager/gateway/bridge.h"
#include "manager/gateway/channel.h"
#include "protos/session.grpc.pb.h"

namespace syncmanager::gateway {
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

int serve(const std::string& address, const Channel& channel) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  Service service(channel);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
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
}  // namespace syncmanager::gateway

int main(int argc, char** argv) {
  CLI::App app("The gateway for stock gRPC clients: syncmanagerd --grpc=ADDRESS starts it.");
  app.footer("Example:\n  syncmanagerd --grpc=127.0.0.1:7001");
  std::string address;
  int channel = -1;
  app.add_option("--listen", address, "host:port or unix:/path")->required();
  app.add_option("--manager-fd", channel, "The channel to the manager")->required();
  CLI11_PARSE(app, argc, argv);
  return syncmanager::gateway::serve(address, syncmanager::gateway::Channel(channel));
}
