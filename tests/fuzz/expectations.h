#pragma once

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz.h"

namespace syncmanager {

// Ends the fuzzer if an EXPECT_... of the shared test code has failed.
inline void require_expectations() {
  require(!testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed(), "every expectation");
}

}  // namespace syncmanager
