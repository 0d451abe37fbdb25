#pragma once

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz.h"

namespace syncmanager {

// What the tests' own parts expect by EXPECT_... is required here.
inline void require_expectations() {
  require(!testing::UnitTest::GetInstance()->ad_hoc_test_result().Failed(), "every expectation");
}

}  // namespace syncmanager
