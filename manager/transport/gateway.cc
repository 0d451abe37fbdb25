#include "manager/transport/gateway.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr int kStartMs = 10'000;
constexpr Duration kRestart = std::chrono::seconds(1);
// The most connections that one turn takes.
constexpr int kAtOnce = 8;
constexpr size_t kNameBytes = 256;
// The channel's descriptor in the child.
constexpr int kChannelNumber = 3;

// Beside this program.
std::string program() {
  std::error_code ignored;
  return (std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() /
          "syncmanager-grpc")
      .string();
}

std::string text_of(const Address& address) {
  return address.is_unix ? address.to_string() : address.to_string().substr(6);  // tcp://
}

// "ipv4:10.0.0.1:5000", "ipv6:%5B::1%5D:5000" or "unix:", as gRPC names a client.
Peer peer_of(std::string_view client) {
  Peer peer{.name = str_cat("gRPC client ", client)};
  if (!client.starts_with("unix:")) peer.source = client.substr(0, client.rfind(':'));
  return peer;
}

// Receives one message and the descriptor that comes with it. Returns its size, as recvmsg(2) does.
ssize_t receive_one(int channel, std::array<char, kNameBytes>& text, FileDescriptor& descriptor) {
  iovec bytes{.iov_base = text.data(), .iov_len = text.size()};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  const ssize_t size = ::recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  const cmsghdr* const rights = size < 0 ? nullptr : CMSG_FIRSTHDR(&message);
  if (rights != nullptr && rights->cmsg_type == SCM_RIGHTS) {
    int number = -1;
    std::memcpy(&number, CMSG_DATA(rights), sizeof(number));
    descriptor.reset(number);
  }
  return size;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::start(const Address& address,
                                                        CertificateFiles certificates) {
  std::unique_ptr<Gateway> gateway(new Gateway(text_of(address), std::move(certificates)));
  if (absl::Status failed = gateway->spawn(); !failed.ok()) return failed;
  if (absl::Status failed = gateway->await_address(); !failed.ok()) return failed;
  return gateway;
}

Gateway::~Gateway() {
  channel_.reset();  // It ends by itself, within a second.
  reap();
}

absl::Status Gateway::spawn() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    return absl::UnavailableError(str_cat("no channel to the gateway: ", std::strerror(errno)));
  }
  channel_.reset(ends[0]);
  const FileDescriptor childs_end(ends[1]);
  const std::string path = program();
  std::vector<std::string> words = {path, str_cat("--listen=", address_),
                                    str_cat("--manager-fd=", kChannelNumber)};
  if (!certificates_.certificate.empty()) {
    words.push_back(str_cat("--tls-cert=", certificates_.certificate));
    words.push_back(str_cat("--tls-key=", certificates_.key));
    words.push_back(str_cat("--tls-ca=", certificates_.authorities));
  }
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const char* const environment[] = {nullptr};
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, childs_end.get(), kChannelNumber);
  ::posix_spawn_file_actions_addclosefrom_np(&files, kChannelNumber + 1);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  // Signals of a terminal are the manager's to take; none is blocked there as it is here.
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int failure = ::posix_spawn(&process_, path.c_str(), &files, &attributes, arguments.data(),
                                    const_cast<char* const*>(environment));
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&files);
  if (failure == 0) return absl::OkStatus();
  process_ = 0;
  return absl::UnavailableError(
      str_cat("can't start the gateway for gRPC, ", path, ": ", std::strerror(failure)));
}

absl::Status Gateway::await_address() {
  pollfd watched{channel_.get(), POLLIN, 0};
  std::array<char, kNameBytes> text;
  FileDescriptor none;
  const ssize_t size =
      ::poll(&watched, 1, kStartMs) == 1 ? receive_one(channel_.get(), text, none) : 0;
  if (size <= 0) {
    return absl::UnavailableError(
        str_cat("the gateway for gRPC doesn't listen on ", address_, ": its reason is above"));
  }
  address_.assign(text.data(), static_cast<size_t>(size));
  return absl::OkStatus();
}

bool Gateway::receive(Time now, const HandOver& hand_over) {
  for (int i = 0; i < kAtOnce; ++i) {
    std::array<char, kNameBytes> text;
    FileDescriptor connection;
    const ssize_t size = receive_one(channel_.get(), text, connection);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return true;
    if (size <= 0) {
      spdlog::warn("the gateway for gRPC has ended, and is started again");
      channel_.reset();
      reap();
      restart_ = now + kRestart;
      return false;
    }
    // Without a connection it says where it listens, as it did before.
    if (connection) hand_over(std::move(connection), peer_of({text.data(), size_t(size)}));
  }
  return true;
}

void Gateway::say_draining() {
  if (channel_) ::send(channel_.get(), "draining", 8, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool Gateway::on_time(Time now) {
  if (now < restart_) return false;
  restart_ = kNever;
  if (const absl::Status failed = spawn(); failed.ok()) return true;
  restart_ = now + kRestart;
  return false;
}

// It ends when its channel is closed; one that doesn't is killed.
void Gateway::reap() {
  if (process_ == 0) return;
  constexpr int kPatienceMs = 1'500;
  const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
  pollfd watched{process.get(), POLLIN, 0};
  if (::poll(&watched, 1, kPatienceMs) != 1) ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

}  // namespace syncmanager::manager
