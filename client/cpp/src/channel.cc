#include "client/cpp/src/channel.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/create_channel_posix.h>
#include <grpcpp/support/channel_arguments.h>

namespace syncmanager {

std::shared_ptr<grpc::Channel> make_channel(int socket) {
  // Debian's Abseil looks for deadlocks at every lock that gRPC takes: a tenth of a call's cost.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::ChannelArguments arguments;
  // Its pings are sent by a timer, which a forked child has too: into its parent's stream.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  // A page of results comes whole, and doesn't wait halfway for more window.
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  // The handshake agrees on the size of a frame, and the manager is who we authenticated.
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  return grpc::CreateCustomInsecureChannelFromFd("localhost", socket, arguments);
}

}  // namespace syncmanager
