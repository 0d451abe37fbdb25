#pragma once

#include <set>
#include <string>

namespace syncmanager {

// For a forked child: its copies of the sockets that are connected to one of `peers` ("unix:/path",
// "ipv4:1.2.3.4:5", as gRPC names them) are exchanged for /dev/null. Otherwise they would keep the
// parent's session alive when the parent has died, and what gRPC still writes would get into its
// stream.
void leave_inherited_sockets(const std::set<std::string>& peers);

}  // namespace syncmanager
