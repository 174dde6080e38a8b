#include "control/housekeeping.h"

#include <gtest/gtest.h>

#include <vector>

#include "runtime/scope.h"
#include "sim/sim_world.h"

namespace minato::control {
namespace {

class Housekeeping : public testing::Test {
 protected:
  void use(std::size_t blocks) {
    std::vector<Block> lent;
    for (std::size_t i = 0; i < blocks; ++i) lent.push_back(pool().take(block_bytes));
  }
  BlockPool& pool() { return loop_.blocks(); }

  static constexpr std::size_t block_bytes = 16u << 10;
  sim::SimWorld world_{1};
  sim::SimLoop& loop_ = world_.add_loop();
  int told_ = 0;
  runtime::Scope house_{loop_};
};

TEST_F(Housekeeping, GivesABurstBackAndKeepsWhatIsInUse) {
  house_.start(keep_house(loop_, [this] { ++told_; }));
  use(200);
  EXPECT_EQ(pool().kept_bytes(), 200 * block_bytes);
  for (int second = 0; second < 40; ++second) {
    use(5);
    world_.advance(1s);
  }
  EXPECT_EQ(pool().kept_bytes(), 5 * block_bytes);
  EXPECT_EQ(told_, 1);
  world_.advance(20s);
  EXPECT_EQ(pool().kept_bytes(), 0u);
  EXPECT_EQ(told_, 1);  // for so little nobody is told
}

}  // namespace
}  // namespace minato::control
