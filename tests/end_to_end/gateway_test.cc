// Stock gRPC clients, which come in by the gateway: the whole protocol in one gRPC stream, gRPC's
// health service and reflection.

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <syncmanager/encoded_value.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "protos/auth/frame_tag.h"
#include "protos/auth/handshake.h"
#include "protos/auth/key_file.h"
#include "protos/session.grpc.pb.h"
#include "tests/support/certificates.h"
#include "tests/support/requests.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

using testing::HasSubstr;

// A session over gRPC, as protos/README.md says it.
class StockClient {
 public:
  explicit StockClient(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(wire::Manager::NewStub(channel)), stream_(stub_->Session(&call_)) {}
  ~StockClient() { call_.TryCancel(); }

  bool send(const wire::ClientMessage& message) { return stream_->Write(message); }
  std::optional<wire::ServerMessage> receive() {
    wire::ServerMessage message;
    if (!stream_->Read(&message)) return std::nullopt;
    if (message.has_error()) error = message.error();
    return message;
  }
  bool open(const FileKey& key, ClientHandshake::Policy policy) {
    policy.must_protect = true;
    ClientHandshake handshake(*key.keys, std::move(policy));
    wire::ClientMessage message;
    message.set_client_hello(handshake.hello());
    send(message);
    const auto hello = receive();
    if (!hello || !hello->has_server_hello()) return false;
    message.set_client_auth(handshake.on_server_hello(hello->server_hello()).value());
    send(message);
    const auto auth = receive();
    if (!auth || !auth->has_server_auth()) return false;
    agreement = handshake.on_server_auth(auth->server_auth()).value();
    to_manager_.emplace(agreement.keys->to_server);
    from_manager_.emplace(agreement.keys->to_client);
    return true;
  }
  bool open(const FileKey& key) { return open(key, {.key_id = key.id, .name = "stock"}); }

  bool send_batch(const wire::ClientBatch& batch) {
    wire::ClientMessage message;
    message.mutable_frame()->set_body(batch.SerializeAsString());
    message.mutable_frame()->set_tag(to_manager_->tag(message.frame().body()));
    return send(message);
  }
  std::optional<wire::ServerBatch> receive_batch() {
    const auto message = receive();
    if (!message || !message->has_frame()) return std::nullopt;
    EXPECT_TRUE(from_manager_->verify(message->frame().body(), message->frame().tag()));
    wire::ServerBatch batch;
    EXPECT_TRUE(batch.ParseFromString(message->frame().body()));
    return batch;
  }
  void half_close() { stream_->WritesDone(); }
  grpc::Status finish() { return stream_->Finish(); }

  wire::HandshakeError error;
  Agreement agreement;

 private:
  grpc::ClientContext call_;
  std::unique_ptr<wire::Manager::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<wire::ClientMessage, wire::ServerMessage>> stream_;
  std::optional<FrameTagger> to_manager_, from_manager_;
};

class GatewayTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> connect() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetMaxReceiveMessageSize(-1);
    return grpc::CreateCustomChannel(server_.addresses()[2].substr(7),
                                     grpc::InsecureChannelCredentials(), arguments);
  }
  // Asks the health service for a service's status: 1 is SERVING, 2 NOT_SERVING.
  // https://github.com/grpc/grpc/blob/master/doc/health-checking.md
  std::optional<int> health(const std::string& service) const {
    grpc::GenericStub stub(connect());
    grpc::CompletionQueue queue;
    grpc::ClientContext call;
    const std::string request =
        service.empty() ? "" : "\x0a" + std::string(1, char(service.size())) + service;
    const grpc::Slice slice(request);
    const auto answer = stub.PrepareUnaryCall(&call, "/grpc.health.v1.Health/Check",
                                              grpc::ByteBuffer(&slice, 1), &queue);
    answer->StartCall();
    grpc::ByteBuffer bytes;
    grpc::Status status;
    void* tag = nullptr;
    bool ok = false;
    answer->Finish(&bytes, &status, &tag);
    queue.Next(&tag, &ok);
    grpc::Slice text;
    if (!status.ok() || !bytes.DumpToSingleSlice(&text).ok() || text.size() != 2) {
      return std::nullopt;
    }
    return text.begin()[1];
  }

  TestServer server_{{"--grpc=127.0.0.1:0"}};
  const KeyRing keys_ = *KeyRing::load(server_.key_file());
  const FileKey& key_ = keys_.first();
};

TEST_F(GatewayTest, CarriesASession) {
  StockClient client(connect());
  ASSERT_TRUE(client.open(key_));
  EXPECT_EQ(client.agreement.protection, Protection::kTag);
  for (uint64_t id = 1; id <= 100; ++id) {
    ASSERT_TRUE(client.send_batch(batch_of({ping(id)})));
    const auto answered = client.receive_batch();
    ASSERT_TRUE(answered.has_value());
    EXPECT_EQ(answered->replies(0).id(), id);
  }
  wire::ClientBatch goodbye = batch_of({ping(101)});
  goodbye.set_goodbye(true);
  ASSERT_TRUE(client.send_batch(goodbye));
  EXPECT_EQ(client.receive_batch()->replies(0).id(), 101u);
  EXPECT_EQ(client.receive(), std::nullopt);
  EXPECT_TRUE(client.finish().ok());
  EXPECT_THAT(server_.log(), HasSubstr("from gRPC client ipv4:127.0.0.1:"));
}

// Through the windows of stock gRPC, which are small, and in parts.
TEST_F(GatewayTest, CarriesLargeFramesBothWays) {
  StockClient client(connect());
  ASSERT_TRUE(client.open(key_));
  wire::ClientBatch batch;
  wire::Request& open = *batch.add_requests();
  open.set_id(1);
  open.mutable_registry()->mutable_open()->set_name("large");
  open.mutable_registry()->mutable_open()->mutable_queue();
  ASSERT_TRUE(client.send_batch(batch));
  const uint64_t queue = client.receive_batch()->replies(0).opened().object();
  const std::string value = ValueWriter().bytes(std::string(3 << 20, 'x')).take();
  batch.Clear();
  wire::Request& put = *batch.add_requests();
  put.set_id(2);
  put.set_object(queue);
  put.mutable_queue()->mutable_put()->set_item(value);
  wire::Request& get = *batch.add_requests();
  get.set_id(3);
  get.set_object(queue);
  get.mutable_queue()->mutable_get();
  ASSERT_TRUE(client.send_batch(batch));

  size_t answered = 0, parts = 0;
  while (answered < value.size()) {
    const auto answers = client.receive_batch();
    ASSERT_TRUE(answers.has_value());
    for (const wire::Reply& reply : answers->replies()) {
      ASSERT_EQ(reply.outcome(), wire::OK) << reply.id() << reply.message();
    }
    answered += answers->part().bytes().size();
    ++parts;
  }
  EXPECT_GT(parts, 5u);
}

TEST_F(GatewayTest, AWrongKeyIsRefusedByTheManager) {
  const KeyRing wrong = *KeyRing::parse(generate_key_line(key_.id), "test");
  StockClient client(connect());
  EXPECT_FALSE(client.open(wrong.first()));
  EXPECT_EQ(client.error.code(), wire::HandshakeError::UNAUTHENTICATED);
  EXPECT_EQ(client.receive(), std::nullopt);
  EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(GatewayTest, AFrameInPlaceOfTheHelloIsRefused) {
  StockClient client(connect());
  wire::ClientMessage message;
  message.mutable_frame()->set_body("x");
  client.send(message);
  EXPECT_TRUE(client.receive().has_value());
  EXPECT_EQ(client.error.code(), wire::HandshakeError::BAD_HANDSHAKE);
  EXPECT_EQ(client.receive(), std::nullopt);
  EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(GatewayTest, ABrokenFrameEndsTheStreamWithItsReason) {
  StockClient client(connect());
  ASSERT_TRUE(client.open(key_));
  wire::ClientMessage message;
  message.mutable_frame()->set_body("x");
  message.mutable_frame()->set_tag(std::string(FrameTagger::kTagBytes, 'x'));
  client.send(message);
  while (client.receive()) {
  }
  EXPECT_EQ(client.error.code(), wire::HandshakeError::UNAUTHENTICATED);
  EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(GatewayTest, AHalfCloseEndsTheStreamInOrder) {
  StockClient client(connect());
  ASSERT_TRUE(client.open(key_));
  client.half_close();
  EXPECT_EQ(client.receive(), std::nullopt);
  EXPECT_TRUE(client.finish().ok());
}

TEST_F(GatewayTest, ASessionIsResumedOverAnotherStream) {
  auto first = std::make_unique<StockClient>(connect());
  ASSERT_TRUE(first->open(key_));
  ASSERT_TRUE(first->send_batch(batch_of({ping(1)})));
  ASSERT_TRUE(first->receive_batch().has_value());
  const Agreement session = first->agreement;
  first.reset();

  StockClient second(connect());
  ASSERT_TRUE(second.open(
      key_,
      {.key_id = key_.id, .resume = Resume{session.session_id, 1}, .resume_keys = session.keys}));
  EXPECT_EQ(second.agreement.resume, ResumeResult::kResumed);
  ASSERT_TRUE(second.send_batch(batch_of({ping(2)})));
  EXPECT_EQ(second.receive_batch()->replies(0).id(), 2u);
}

TEST_F(GatewayTest, HasTheHealthServiceUntilTheManagerEnds) {
  EXPECT_EQ(health(""), 1);
  EXPECT_EQ(health("syncmanager.wire.Manager"), 1);
  EXPECT_EQ(health("redis"), std::nullopt);
}

TEST_F(GatewayTest, EndsWithTheManager) {
  StockClient client(connect());
  ASSERT_TRUE(client.open(key_));
  server_.send_signal(SIGTERM);
  while (client.receive()) {
  }
  EXPECT_EQ(client.error.code(), wire::HandshakeError::DRAINING);
  EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_.wait(), 0);
  EXPECT_EQ(health(""), std::nullopt);
}

TEST(GatewayStartTest, AnAddressOfANetworkIsRefused) {
  try {
    const TestServer server({"--grpc=0.0.0.0:0"});
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("expected --tls=mutual"));
  }
}

// gRPC has TLS by certificates only.
class GatewayTlsTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> connect(const CertificateFiles& files) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = read(certificates_.client().authorities);
    options.pem_private_key = read(files.key);
    options.pem_cert_chain = read(files.certificate);
    return grpc::CreateChannel("localhost" + server_.addresses()[2].substr(16),
                               grpc::SslCredentials(options));
  }
  static std::string read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  const Certificates certificates_;
  TestServer server_{{"--grpc=127.0.0.1:0", "--tls=mutual",
                      "--tls-cert=" + certificates_.manager().certificate,
                      "--tls-key=" + certificates_.manager().key,
                      "--tls-ca=" + certificates_.manager().authorities}};
  const KeyRing keys_ = *KeyRing::load(server_.key_file());
};

TEST_F(GatewayTlsTest, CarriesASessionOfAClientWithACertificate) {
  StockClient client(connect(certificates_.client()));
  ASSERT_TRUE(client.open(keys_.first()));
  ASSERT_TRUE(client.send_batch(batch_of({ping(1)})));
  EXPECT_TRUE(client.receive_batch().has_value());
}

TEST_F(GatewayTlsTest, LetsInNobodyOfAnotherAuthority) {
  const Certificates others;
  StockClient client(connect(others.client()));
  EXPECT_FALSE(client.open(keys_.first()));
  EXPECT_EQ(client.finish().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(GatewayStartTest, AnAddressInUseIsRefused) {
  const TestServer other;
  EXPECT_THROW(TestServer({"--grpc=" + other.tcp_target()}), std::runtime_error);
}

}  // namespace
}  // namespace syncmanager
