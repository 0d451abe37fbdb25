#pragma once

#include <grpcpp/channel.h>

#include <memory>

namespace syncmanager {

// A channel over a connected socket, which belongs to it from then on. It ends with that socket:
// gRPC makes no connections for it.
std::shared_ptr<grpc::Channel> make_channel(int socket);

}  // namespace syncmanager
