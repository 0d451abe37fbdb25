// Our client against a server that is stock gRPC: the test's own gate hands it the connection. What
// it finds in our HTTP/2, gRPC's users would find.

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/server_posix.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <thread>

#include "manager/transport/address.h"
#include "manager/transport/listener.h"
#include "protos/auth/frame_tag.h"
#include "protos/auth/handshake.h"
#include "protos/auth/key_file.h"
#include "protos/gate.h"
#include "protos/session.grpc.pb.h"
#include "tests/support/client_fixture.h"

namespace syncmanager {
namespace {

// One stream of a manager that has one dict and nothing else.
class StockSession : public grpc::ServerBidiReactor<wire::ClientMessage, wire::ServerMessage> {
 public:
  explicit StockSession(const Agreement& agreed) {
    if (agreed.protection == Protection::kTag) {
      from_client_.emplace(agreed.keys->to_server);
      to_client_.emplace(agreed.keys->to_client);
    }
    StartRead(&incoming_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    const wire::Frame& frame = incoming_.frame();
    if (from_client_) {
      EXPECT_TRUE(from_client_->verify(frame.body(), frame.tag()));
    }
    wire::ClientBatch batch;
    EXPECT_TRUE(batch.ParseFromString(frame.body()));
    wire::ServerBatch answer;
    answer.set_heartbeat(batch.heartbeat());
    for (const wire::Request& request : batch.requests()) perform(request, *answer.add_replies());
    if (batch.has_part()) join(batch.part(), answer);
    is_last_ = batch.goodbye();
    outgoing_.mutable_frame()->set_body(answer.SerializeAsString());
    if (to_client_) outgoing_.mutable_frame()->set_tag(to_client_->tag(outgoing_.frame().body()));
    StartWrite(&outgoing_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok || is_last_) return Finish(grpc::Status::OK);
    StartRead(&incoming_);
  }
  void OnDone() override { delete this; }

 private:
  void perform(const wire::Request& request, wire::Reply& reply) {
    reply.set_id(request.id());
    if (request.registry().has_open()) {
      reply.mutable_opened()->set_object(1);
      reply.mutable_opened()->set_type("dict");
    } else if (request.dict().has_set()) {
      dict_[request.dict().set().key()] = request.dict().set().value();
    } else if (request.dict().has_get()) {
      reply.set_value(dict_.at(request.dict().get().key()));
    }
  }
  void join(const wire::Part& part, wire::ServerBatch& answer) {
    parts_ += part.bytes();
    if (part.left() > 0) return;
    wire::Request request;
    EXPECT_TRUE(request.ParseFromString(parts_));
    request.set_id(part.request());
    parts_.clear();
    perform(request, *answer.add_replies());
  }

  wire::ClientMessage incoming_;
  wire::ServerMessage outgoing_;
  std::optional<FrameTagger> from_client_, to_client_;
  std::string parts_;
  std::map<std::string, std::string> dict_;
  bool is_last_ = false;
};

// A gate in front of a stock gRPC server. Lets in one client after the other.
class StockManager : public wire::Manager::CallbackService {
 public:
  explicit StockManager(const std::string& address)
      : listener_(*manager::Listener::open(*manager::Address::parse(address))) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    ::fcntl(listener_->descriptor(), F_SETFL, 0);  // So that accept() waits.
    thread_ = std::thread([this] {
      while (let_in(::accept4(listener_->descriptor(), nullptr, nullptr, SOCK_CLOEXEC))) {
      }
    });
  }
  ~StockManager() {
    ::shutdown(listener_->descriptor(), SHUT_RDWR);
    thread_.join();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::string url() const { return listener_->address().to_string(); }
  const std::string& key_line() const { return key_line_; }

 private:
  grpc::ServerBidiReactor<wire::ClientMessage, wire::ServerMessage>* Session(
      grpc::CallbackServerContext*) override {
    return new StockSession(agreed_);
  }

  static std::string receive(int socket) {
    GateReader reader;
    std::array<char, kGateBytes> bytes;
    while (true) {
      const ssize_t size = ::recv(socket, bytes.data(), reader.wanted(), 0);
      if (size <= 0) return "";
      if (reader.add({bytes.data(), static_cast<size_t>(size)}) == GateReader::State::kMessage) {
        return std::string(reader.content());
      }
    }
  }
  static void send(int socket, const std::string& message) {
    const std::string bytes = gate_message(message);
    ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  bool let_in(int socket) {
    if (socket < 0) return false;
    ServerHandshake handshake({.server_id = "stock",
                               .boot_id = std::string(kIdBytes, 'b'),
                               .must_protect = !listener_->address().is_unix,
                               .request_bytes = 16 << 20,
                               .find_key = [this](std::string_view) {
                                 const FileKey& key = keys_.first();
                                 return ServerHandshake::Key{.role = key.role, .keys = key.keys};
                               }});
    send(socket, *handshake.on_client_hello(receive(socket)));
    EXPECT_TRUE(handshake.on_client_auth(receive(socket)).ok());
    const std::string last = handshake.accept();
    agreed_ = handshake.agreement();
    send(socket, last);
    ::fcntl(socket, F_SETFL, O_NONBLOCK);
    grpc::AddInsecureChannelFromFd(server_.get(), socket);
    return true;
  }

  const std::string key_line_ = generate_key_line("stock");
  const KeyRing keys_ = *KeyRing::parse(key_line_, "test");
  const std::unique_ptr<manager::Listener> listener_;
  Agreement agreed_;  // Of the client that was let in last.
  std::unique_ptr<grpc::Server> server_;
  std::thread thread_;
};

class StockServerTest : public testing::TestWithParam<const char*> {
 protected:
  Client connect() const { return Client(manager.url(), {.key = manager.key_line()}); }

  static std::string address() {
    return std::string(GetParam()) == "tcp"
               ? "tcp://127.0.0.1:0"
               : "unix:" + testing::TempDir() + "stock" + std::to_string(::getpid());
  }

  StockManager manager{address()};
};

TEST_P(StockServerTest, CarriesManyCalls) {
  const Client client = connect();
  for (int i = 0; i < 2'000; ++i) client.ping();
}

// More than gRPC's windows, which are 64 KiB.
TEST_P(StockServerTest, CarriesLargeValuesBothWays) {
  const Client client = connect();
  const auto dict = client.dict<std::string, std::string>("dict");
  for (int i = 0; i < 10; ++i) {
    const std::string large(3 << 20, static_cast<char>('a' + i));
    dict.set("large", large);
    ASSERT_TRUE(dict.at("large") == large);
  }
}

TEST_P(StockServerTest, CarriesOneConnectionAfterTheOther) {
  for (int i = 0; i < 100; ++i) connect().ping();
}

INSTANTIATE_TEST_SUITE_P(Over, StockServerTest, testing::Values("unix", "tcp"),
                         [](const auto& each) { return std::string(each.param); });

}  // namespace
}  // namespace syncmanager
