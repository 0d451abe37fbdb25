#pragma once

#include <memory>
#include <shared_mutex>

// gRPC can be forked only while no thread is inside it, and if it was started for that
// (<grpc/fork.h>; Debian's doesn't watch fork() by itself). So the thread that forks waits until no
// thread is inside gRPC, and keeps all others out meanwhile. One thread at a time forks.
//
// In the child the parent's connections are left alone for ever (Connection::is_inherited), and
// their sockets are exchanged. The child makes connections of its own.
namespace syncmanager {

class Connection;

// Each fork() is handled by itself. After this call only those are that pause_connections() and
// resume_connections() surround: by any other the process starts a program.
void expect_announced_forks();

// Makes gRPC ready for this process. REQUIRES: keep_forks_out(). No other thread may change the
// environment meanwhile: it has more in it while gRPC starts, and is then as before.
void start_for_forks();

// Keeps forks out while the result lives. Held by a thread that makes or ends a connection.
std::shared_lock<std::shared_mutex> keep_forks_out();
// Forks wait for this connection from now on.
void watch_for_forks(const std::shared_ptr<Connection>& connection);

// Returns when no thread of any connection is inside gRPC, and keeps it so. Calls wait meanwhile.
void pause_connections();
// In the parent: all goes on.
void resume_connections();

}  // namespace syncmanager
