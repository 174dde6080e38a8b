#include "connection/until_gone.h"

#include <gtest/gtest.h>

#include "connection/test_connection.h"

namespace minato::connection {
namespace {

Task<int> never_done(runtime::Loop& loop) {
  for (;;) co_await runtime::pause(loop, 1h);
}

Task<std::optional<int>> until_gone_of(TestConnection& connection, Task<int> task) {
  co_return co_await until_gone(*connection.near, std::move(task));
}

Task<int> one() { co_return 1; }

TEST(UntilGone, IsTheValueOfATaskThatIsDone) {
  TestConnection connection;
  EXPECT_EQ(connection.await(until_gone_of(connection, one())), 1);
}

TEST(UntilGone, EndsATaskWhenThePeerBreaksTheConnection) {
  TestConnection connection;
  Pending<std::optional<int>> pending(connection.loop,
                                      until_gone_of(connection, never_done(connection.loop)));
  connection.end();
  EXPECT_FALSE(pending.done());
  connection.reset();
  ASSERT_TRUE(pending.done());
  EXPECT_EQ(pending.value(), std::nullopt);
}

/// A request was received, and whoever serves it waited for its turn.
TEST(UntilGone, DoesNotBeginATaskWhoseConnectionIsBrokenAlready) {
  TestConnection connection;
  connection.reset();
  Pending<std::optional<int>> pending(connection.loop,
                                      until_gone_of(connection, never_done(connection.loop)));
  ASSERT_TRUE(pending.done());
  EXPECT_EQ(pending.value(), std::nullopt);
}

}  // namespace
}  // namespace minato::connection
