#include "control/quota.h"

#include <gtest/gtest.h>

namespace minato::control {
namespace {

TEST(Quota, HasTheLimitThatItWasGivenOrItsOwn) {
  Quota quota(1);
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.take());
  quota.set_limit(2);
  EXPECT_TRUE(quota.take());
  EXPECT_FALSE(quota.take());
  quota.set_limit(0);
  EXPECT_FALSE(quota.give());
  EXPECT_FALSE(quota.take()) << "one is still out, as the default has it";
}

TEST(Quota, SaysThatSomebodyWaitsForWhatIsGivenBack) {
  Quota quota(1);
  EXPECT_TRUE(quota.take());
  quota.wait();
  EXPECT_TRUE(quota.give());
  quota.wait_no_more();
}

TEST(Quota, LeavesADescriptorForTheOtherSideOfEachConnection) {
  EXPECT_EQ(connections_within(1024, 24), 500u);
  EXPECT_EQ(connections_within(10, 24), 1u);
  EXPECT_EQ(connections_within(~std::uint64_t{0}, 24), ~std::uint32_t{0});
}

}  // namespace
}  // namespace minato::control
