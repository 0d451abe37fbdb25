#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/cpp/src/session/outbox.h"
#include "client/cpp/src/session/pending_calls.h"
#include "client/cpp/src/stream/stream_frames.h"

namespace syncmanager {

// A batch that has arrived.
struct ServerBatch {
  uint64_t outputs = 0;    // The number of replies and notices, which are acknowledged.
  bool heartbeat = false;  // The manager answers a heartbeat.
};

// Reads an encoded wire::ServerBatch and answers the calls that its replies are for. Adds a part of
// a larger batch to those in `codec`, and reads that batch with its last part. Returns nothing if
// the batch is malformed. REQUIRES: the session's lock, which protects `pending` and `outbox`.
std::optional<ServerBatch> read_batch(std::string_view batch, FrameCodec& codec,
                                      PendingCalls& pending, Outbox& outbox, Aftermath& aftermath);

}  // namespace syncmanager
