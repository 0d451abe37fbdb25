#include "client/cpp/src/stream/own_descriptor.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/support/forked.h"

namespace syncmanager {
namespace {

int open_null() { return ::open("/dev/null", O_RDWR | O_CLOEXEC); }
bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

TEST(OwnDescriptorTest, IsClosedAtItsEnd) {
  auto descriptor = std::make_unique<OwnDescriptor>(open_null);
  const int number = descriptor->get();
  ASSERT_TRUE(is_open(number));
  descriptor.reset();
  EXPECT_FALSE(is_open(number));
}

TEST(OwnDescriptorTest, AForkedChildHasNoCopyOfItAndItsParentKeepsIt) {
  const OwnDescriptor descriptor(open_null);
  const int number = descriptor.get();
  EXPECT_EQ(result_of_child([&] { return is_open(number) ? 1 : 0; }), 0);
  EXPECT_TRUE(is_open(number));
}

TEST(OwnDescriptorTest, WhatTakesItsNumberInAChildIsTheChilds) {
  auto descriptor = std::make_unique<OwnDescriptor>(open_null);
  const int number = descriptor->get();
  const int result = result_of_child([&] {
    const int successor = open_null();
    if (successor != number) return 1;
    if (result_of_child([&] { return is_open(successor) ? 0 : 1; }) != 0) return 2;
    descriptor.reset();
    return is_open(successor) ? 0 : 3;
  });
  EXPECT_EQ(result, 0);
}

TEST(OwnDescriptorTest, NoneIsNoFault) {
  const OwnDescriptor descriptor([] { return -1; });
  EXPECT_EQ(descriptor.get(), -1);
}

}  // namespace
}  // namespace syncmanager
