#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protos/session.pb.h"

namespace syncmanager {

// The method that both ends name.
inline constexpr char kSessionMethod[] = "/syncmanager.wire.Manager/Session";

// An encoded ClientMessage or ServerMessage (they agree here) that is a frame of `body` and `tag`,
// without a detour over message objects.
std::string encode_frame(std::string_view body, std::string_view tag);

// Appends `part` with `bytes` as the field of a ClientBatch or ServerBatch that it is; they are
// copied once.
void append_part(const wire::Part& part, int field, std::string_view bytes, std::string& batch);

// Appends the bytes of a part to those before it. `whole` is how many there will be: memory grows
// with what has come, at most twice that, and not with what a peer promises.
void join_part(std::string_view bytes, uint64_t whole, std::string& joined);

}  // namespace syncmanager
