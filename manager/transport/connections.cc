#include "manager/transport/connections.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <spdlog/spdlog.h>

namespace syncmanager {
namespace {

constexpr size_t kQuotaBytes = size_t{256} << 20;  // gRPC's own buffers; our objects aren't in it.
constexpr int kStreamsPerConnection = 16;
constexpr int kMetadataBytes = 8192;
constexpr int kLookaheadBytes = 65'536;
constexpr int kHandshakeMs = 5'000;  // Of HTTP/2, up to the peer's settings.
constexpr int kIdleMs = 10'000;      // A connection without a stream.
constexpr int kKeepaliveMs = 20'000, kKeepaliveTimeoutMs = 10'000;
constexpr int kShortestPingIntervalMs = 10'000, kPingStrikes = 2;

// gRPC would print what it has to say, and wait for the reader.
void log_grpc(gpr_log_func_args* line) {
  const bool error = line->severity == GPR_LOG_SEVERITY_ERROR;
  spdlog::log(error ? spdlog::level::warn : spdlog::level::debug, "gRPC: {}", line->message);
}

}  // namespace

std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> set_up_connections(
    grpc::ServerBuilder& builder, int max_message_bytes) {
  gpr_set_log_function(&log_grpc);
  builder.SetMaxReceiveMessageSize(max_message_bytes);
  builder.SetMaxSendMessageSize(max_message_bytes);
  builder.SetResourceQuota(grpc::ResourceQuota("syncmanager").Resize(kQuotaBytes));

  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, kIdleMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kShortestPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kPingStrikes);
  // Without these two the receive window of one call may grow to megabytes.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kLookaheadBytes);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  return builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      grpc::InsecureServerCredentials());
}

}  // namespace syncmanager
