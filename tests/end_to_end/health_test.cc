// gRPC's health check, as any of its clients would ask.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "protos/health.pb.h"
#include "tests/support/raw_stream.h"
#include "tests/support/test_server.h"

namespace syncmanager {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::Eq;

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

class HealthTest : public ::testing::Test {
 protected:
  // What the manager says of that service; nothing, and `status`, if it refuses.
  std::optional<HealthCheckResponse> check(const std::string& service) {
    RawStream call(server.unix_address(), kCheck);
    HealthCheckRequest request;
    request.set_service(service);
    EXPECT_TRUE(call.send_bytes(request.SerializeAsString()));
    const auto message = call.receive();
    if (!message) {
      status = call.finish();
      return std::nullopt;
    }
    // To RawStream every message is a ServerMessage, whose unknown fields keep these bytes.
    HealthCheckResponse response;
    EXPECT_TRUE(response.ParseFromString(message->SerializeAsString()));
    EXPECT_FALSE(call.receive().has_value());
    EXPECT_TRUE(call.finish().ok());
    return response;
  }

  TestServer server;
  grpc::Status status;
};

TEST_F(HealthTest, TheManagerServesAsAWholeAndByItsName) {
  for (const char* service : {"", "syncmanager.wire.Manager"}) {
    const auto response = check(service);
    ASSERT_TRUE(response.has_value());
    EXPECT_THAT(response->status(), Eq(HealthCheckResponse::SERVING));
  }
}

TEST_F(HealthTest, AnotherServiceIsNotFound) {
  EXPECT_FALSE(check("redis").has_value());
  EXPECT_THAT(status.error_code(), Eq(grpc::StatusCode::NOT_FOUND));
}

}  // namespace
}  // namespace syncmanager
