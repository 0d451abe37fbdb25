#include "syncmanager/interruptible.h"

#include <utility>

namespace syncmanager {
namespace {

thread_local const Interruptible* innermost = nullptr;

}  // namespace

Interruptible::Interruptible(std::stop_token stop) : stop_(std::move(stop)), outer_(innermost) {
  innermost = this;
}

Interruptible::~Interruptible() { innermost = outer_; }

std::stop_token Interruptible::current() {
  return innermost == nullptr ? std::stop_token() : innermost->stop_;
}

}  // namespace syncmanager
