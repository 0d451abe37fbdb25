#pragma once

#include "protos/session.pb.h"

namespace syncmanager {

// The status of gRPC with which a stream ends that ends with that error
// (https://grpc.io/docs/guides/status-codes).
inline int grpc_status(wire::HandshakeError::Code code) {
  constexpr int kInvalidArgument = 3, kResourceExhausted = 8, kAborted = 10, kUnavailable = 14,
                kUnauthenticated = 16;
  switch (code) {
    case wire::HandshakeError::UNAUTHENTICATED:
      return kUnauthenticated;
    case wire::HandshakeError::RESOURCE_EXHAUSTED:
      return kResourceExhausted;
    case wire::HandshakeError::DRAINING:
      return kUnavailable;
    case wire::HandshakeError::SESSION_ENDED:
    case wire::HandshakeError::STREAM_ENDED:
    case wire::HandshakeError::SESSION_FENCED:
      return kAborted;
    default:
      return kInvalidArgument;
  }
}

}  // namespace syncmanager
