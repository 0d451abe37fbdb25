#include "client/cpp/src/known_socket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace syncmanager {

KnownSocket::KnownSocket(int descriptor) : descriptor_(descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

void KnownSocket::let_go() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return;
  if (status.st_dev != device_ || status.st_ino != inode_) return;
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nowhere < 0) {
    ::close(descriptor_);
    return;
  }
  ::dup3(nowhere, descriptor_, O_CLOEXEC);
  ::close(nowhere);
}

}  // namespace syncmanager
