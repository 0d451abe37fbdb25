#include "client/cpp/src/channel.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

namespace syncmanager {

std::shared_ptr<grpc::Channel> make_channel(const ChannelTarget& target) {
  // Debian's Abseil looks for deadlocks at every lock that gRPC takes: a tenth of a call's cost.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::ChannelArguments arguments;
  // Two clients of one process are two sessions on two connections: one that is lost, or slow to
  // read, doesn't touch the other.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // Its pings are sent by a timer, which a forked child has too: into its parent's stream.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // A page of results comes whole, and doesn't wait halfway for more window.
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  // The handshake agrees on the size of a frame, and the manager is who we authenticated.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  // A unix socket's path is no name that could stand in an HTTP/2 header.
  if (target.local) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  return grpc::CreateCustomChannel(target.address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace syncmanager
