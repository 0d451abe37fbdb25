#include "client/cpp/src/stream/own_descriptor.h"

#include <unistd.h>

namespace syncmanager {

OwnDescriptor::OwnDescriptor(const std::function<int()>& open) : forked_([this] { close(); }) {
  InForkedChild::without_forks([&] { number_ = open(); });
}

OwnDescriptor::~OwnDescriptor() {
  InForkedChild::without_forks([this] { close(); });
}

void OwnDescriptor::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

}  // namespace syncmanager
