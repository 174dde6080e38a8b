#include "cache/answer.h"

#include <gtest/gtest.h>

#include "cache/store/testing.h"
#include "http/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

struct AnswerTest : StoreTest {
  Task<void> answer_from(Pin entry) {
    http::testing::TestRequest asked(arena);
    asked.head.method = http::Method::get;
    const ServiceRules rules{ServiceCacheOptions{}};
    http::testing::EagerResponder client;
    const Answer with{.entry = *entry};
    EXPECT_TRUE(co_await answer(*loop, with, rules, "minato", asked.request, client));
    over = true;
    loop->stop();
  }
  Task<void> count_turns() {
    for (; !over; ++turns) co_await loop->breathe();
  }

  std::unique_ptr<runtime::EpollLoop> loop = runtime::EpollLoop::make(1).value();
  runtime::Scope tasks{*loop};
  bool over = false;
  int turns = 0;
};

TEST_F(AnswerTest, ToAClientThatIsNeverWaitedForTakesManyTurns) {
  constexpr int writes = 24;
  open({.memory_bytes = 64u << 20});
  ASSERT_TRUE(put("http://a/", std::string(writes * write_bytes_max, 'x')));
  tasks.start(count_turns());
  tasks.start(answer_from(find("http://a/")));
  loop->run();
  EXPECT_GE(turns, writes / writes_in_a_row);
}

}  // namespace
}  // namespace minato::cache
