#include "admin/cache_resources.h"

#include <gtest/gtest.h>

namespace minato::admin {
namespace {

/// In the midst of a reload that does not end.
class ReloadingProgram final : public Program {
 public:
  bool ready() const override { return true; }
  Status status() const override { return {}; }
  Task<ReloadOutcome> reload() override { co_return ReloadOutcome{}; }
  Task<void> until_agreed() override { co_await std::suspend_always{}; }
  std::shared_ptr<cache::Cache> cache() const override { return cache_; }

 private:
  std::shared_ptr<cache::Cache> cache_ =
      std::make_shared<cache::Cache>(cache::CacheOptions{.max_memory = 4_MiB}, 1, 0);
};

/// What a purge is answered with by then; 0: it waits.
std::uint16_t status_at_once(std::string_view body) {
  ReloadingProgram program;
  const Question question{.query = {}, .body = body};
  auto task = purge(program, question);
  task.handle().resume();
  return task.done() ? task.handle().promise().take().status : std::uint16_t{0};
}

TEST(PurgeDuringReload, WaitsUntilTheWorkersAgree) {
  for (const std::string_view body :
       {R"({"all": true})", R"({"tag": "x"})", R"({"url": "http://a/"})", R"({"host": "a"})"})
    EXPECT_EQ(status_at_once(body), 0) << body;
}

TEST(PurgeDuringReload, IsRefusedAtOnceWhereItIsWrong) {
  for (const std::string_view body :
       {"", "no JSON", "{}", R"({"soft": true})", R"({"urls": "http://a/"})", R"({"url": "a"})",
        R"({"host": "*.a"})", R"({"host": "a/b"})", R"({"prefix": "http://:80/"})"})
    EXPECT_EQ(status_at_once(body), 400) << body;
}

}  // namespace
}  // namespace minato::admin
