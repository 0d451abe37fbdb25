#pragma once

#include <grpcpp/server_builder.h>

#include <memory>

namespace syncmanager {

// gRPC's settings for a manager: message sizes, bounds on what a connection may cost before anybody
// is authenticated, keepalive so that a vanished peer is noticed within half a minute, and nothing
// that decompresses. Connections come from outside, by the acceptor that is returned.
std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> set_up_connections(
    grpc::ServerBuilder& builder, int max_message_bytes);

}  // namespace syncmanager
