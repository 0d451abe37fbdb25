#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <sys/un.h>

#include <memory>
#include <string>

#include "manager/transport/lobby.h"
#include "tests/support/socket_pair.h"

namespace syncmanager {
namespace {

using std::chrono::seconds;
using Verdict = Admission::Verdict;

// That gRPC names its streams as the lobby expects, and that shutdown(2) of a duplicate ends a
// connection which gRPC holds. Both are gRPC 1.51's behaviour, not its contract: hence this test.
class LobbyPeerTest : public testing::Test {
 protected:
  LobbyPeerTest() {
    grpc::ServerBuilder builder;
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    builder.RegisterAsyncGenericService(&service_);
    queue_ = builder.AddCompletionQueue();
    server_ = builder.BuildAndStart();
  }
  ~LobbyPeerTest() override {
    server_->Shutdown(std::chrono::system_clock::now());
    queue_->Shutdown();
    drain(*queue_);
    client_queue_.Shutdown();
    drain(client_queue_);
  }

  // Opens a stream on a connection that went through the lobby. What the server calls its peer.
  std::string open_stream(int listener, const std::string& target) {
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateChannel(target, grpc::InsecureChannelCredentials()));
    call_ = stub_->PrepareCall(&client_, "/lobby/Test", &client_queue_);
    call_->StartCall(this);
    const int socket = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    EXPECT_GE(socket, 0);
    EXPECT_EQ(lobby_.admit(socket, 99, now_), Verdict::kAdmitted);
    grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
    connection.listener_fd = -1;
    connection.fd = socket;
    acceptor_->HandleNewConnection(&connection);
    service_.RequestCall(&context_, &stream_, queue_.get(), queue_.get(), this);
    EXPECT_TRUE(next(*queue_));
    return context_.peer();
  }
  // Whether the client's stream ends with UNAVAILABLE, which is a lost connection.
  bool is_cut_off() {
    EXPECT_TRUE(next(client_queue_));  // Of StartCall.
    grpc::Status status;
    call_->Finish(&status, this);
    return next(client_queue_) && status.error_code() == grpc::StatusCode::UNAVAILABLE;
  }
  void say_goodbye() {
    stream_.Finish(grpc::Status::OK, this);
    EXPECT_TRUE(next(*queue_));
  }

  Admission admission_{Admission::Limits{}};
  Lobby lobby_{admission_};
  Lobby::Instant now_{seconds(1000)};

 private:
  static bool next(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    const auto deadline = std::chrono::system_clock::now() + seconds(10);
    return queue.AsyncNext(&tag, &ok, deadline) == grpc::CompletionQueue::GOT_EVENT;
  }
  static void drain(grpc::CompletionQueue& queue) {
    void* tag = nullptr;
    bool ok = false;
    while (queue.Next(&tag, &ok)) {
    }
  }

  grpc::AsyncGenericService service_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::unique_ptr<grpc::Server> server_;
  grpc::GenericServerContext context_;
  grpc::GenericServerAsyncReaderWriter stream_{&context_};
  grpc::CompletionQueue client_queue_;
  grpc::ClientContext client_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

// A listening TCP socket on a port of 127.0.0.1 or ::1.
class TcpListener {
 public:
  explicit TcpListener(int family) : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 name{};
    name.sin6_family = static_cast<sa_family_t>(family);
    if (family == AF_INET6) name.sin6_addr = in6addr_loopback;
    if (family == AF_INET) {
      reinterpret_cast<sockaddr_in&>(name).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&name), size), 0);
    EXPECT_EQ(::listen(socket_, 1), 0);
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &size), 0);
    target_ = (family == AF_INET ? "ipv4:127.0.0.1:" : "ipv6:[::1]:") +
              std::to_string(ntohs(name.sin6_port));
  }
  ~TcpListener() { ::close(socket_); }
  int socket() const { return socket_; }
  const std::string& target() const { return target_; }

 private:
  int socket_;
  std::string target_;
};

TEST_F(LobbyPeerTest, AStreamOverTcpIsFoundByItsPeer) {
  const TcpListener listener(AF_INET);
  lobby_.authenticated(open_stream(listener.socket(), listener.target()), now_);

  EXPECT_EQ(admission_.unauthenticated(), 0);
  EXPECT_EQ(lobby_.sweep(now_ + seconds(5)).late, 0);
  say_goodbye();
}

TEST_F(LobbyPeerTest, AStreamOverIpv6IsFoundByItsPeer) {
  const TcpListener listener(AF_INET6);
  lobby_.authenticated(open_stream(listener.socket(), listener.target()), now_);

  EXPECT_EQ(admission_.unauthenticated(), 0);
  say_goodbye();
}

TEST_F(LobbyPeerTest, AStreamWithoutProofIsCutOffAfterFiveSeconds) {
  const TcpListener listener(AF_INET);
  open_stream(listener.socket(), listener.target());

  EXPECT_EQ(lobby_.sweep(now_ + seconds(5)).late, 1);
  EXPECT_TRUE(is_cut_off());
  say_goodbye();
}

TEST_F(LobbyPeerTest, AStreamOverAUnixSocketHasNoNameOfItsOwn) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = testing::TempDir() + "lobby_peer_" + std::to_string(::getpid());
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof(name)), 0);
  ASSERT_EQ(::listen(listener, 1), 0);

  EXPECT_EQ(open_stream(listener, "unix:" + path), "unix:");

  lobby_.authenticated("unix:", now_);
  EXPECT_EQ(admission_.unauthenticated(), 0);
  say_goodbye();
  ::close(listener);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace syncmanager
