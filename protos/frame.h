#pragma once

#include <string>
#include <string_view>

namespace syncmanager {

// The method that both ends name.
inline constexpr char kSessionMethod[] = "/syncmanager.wire.Manager/Session";

// An encoded ClientMessage or ServerMessage (they agree here) that is a frame of `body` and `tag`,
// without a detour over message objects.
std::string encode_frame(std::string_view body, std::string_view tag);

}  // namespace syncmanager
