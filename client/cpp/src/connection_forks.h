#pragma once

#include <memory>
#include <shared_mutex>

// gRPC can be forked only while no thread is inside it, and if it was started for that
// (<grpc/fork.h>; Debian's doesn't watch fork() by itself). A program that forks and lets its child
// use this library calls these around the fork; the C++ client itself doesn't (Client: a session
// doesn't survive fork()). One fork at a time, in whatever thread.
//
// In the child its parent's connections are left alone for ever, before fork() returns there: their
// references may be destroyed, and are when an interpreter forgets its other threads, and nothing
// else is to be done with them.
namespace syncmanager {

class Connection;

// Before the first connection; again: nothing. Changes the environment for a moment, so no other
// thread may use that meanwhile, nor call this.
void start_for_forks();

// Who makes a connection keeps forks out meanwhile.
std::shared_lock<std::shared_mutex> keep_forks_out();
// From then on the two below concern it.
void watch_for_forks(const std::shared_ptr<Connection>& connection);

// Returns when no thread of any connection is inside gRPC, and keeps it so. Calls wait meanwhile.
void pause_connections();
// In the parent: all goes on.
void resume_connections();

}  // namespace syncmanager
