#pragma once

#include <sys/types.h>

namespace syncmanager {

// A socket that belongs to gRPC, by its number and its identity. A forked child uses it to let go
// of its copy of the socket.
class KnownSocket {
 public:
  explicit KnownSocket(int descriptor);
  // REQUIRES: this is a forked child. Replaces the child's copy by /dev/null, if the number still
  // means this socket. Otherwise the copy would keep the parent's session alive when the parent has
  // died, and what gRPC writes in the child would get into the parent's stream.
  void let_go() const;

 private:
  int descriptor_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace syncmanager
