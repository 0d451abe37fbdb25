#pragma once

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz.h"

namespace syncmanager {

// Requires the expectations (EXPECT_...) of the tests' own parts.
inline void require_expectations() {
  require(!testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed(), "every expectation");
}

}  // namespace syncmanager
