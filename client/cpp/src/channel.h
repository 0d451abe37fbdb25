#pragma once

#include <grpcpp/channel.h>

#include <memory>
#include <string>

namespace syncmanager {

// Where a manager listens.
struct ChannelTarget {
  std::string address;  // As gRPC names it: "unix:/path", "dns:///host:port".
  bool local = false;   // A unix socket: its host and its permissions protect it.
};

// A connection of its own, never shared with another Client of this process; gRPC opens it with the
// first call and doesn't retry. Never null: what is wrong with the address fails that call.
std::shared_ptr<grpc::Channel> make_channel(const ChannelTarget& target);

}  // namespace syncmanager
