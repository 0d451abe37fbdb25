#include "manager/gateway/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace syncmanager::manager {
namespace {

bool send(int channel, std::string text, int descriptor) {
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* const rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &descriptor, sizeof(int));
  }
  return ::sendmsg(channel, &message, MSG_NOSIGNAL) >= 0;
}

}  // namespace

int Channel::connect(const std::string& client) const {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return -1;
  const bool sent = send(socket_, client, ends[1]);
  ::close(ends[1]);
  if (sent) return ends[0];
  ::close(ends[0]);
  return -1;
}

void Channel::announce(const std::string& address) const { send(socket_, address, -1); }

bool Channel::await_word() const {
  char word[64];
  ssize_t size = 0;
  do {
    size = ::recv(socket_, word, sizeof(word), 0);
  } while (size < 0 && errno == EINTR);
  return size > 0;
}

}  // namespace syncmanager::manager
