#include "cache/fill/fills.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <deque>
#include <map>
#include <set>
#include <thread>

#include "cache/handler.h"
#include "http/testing.h"
#include "runtime/epoll_loop.h"

namespace minato::cache {
namespace {

using http::FieldId;
using http::Last;
using http::Outcome;

constexpr int most = static_cast<int>(Fills::orphans_max);

/// Says nothing of a path before it is told to, and then not all.
class Origin final : public http::Handler {
 public:
  explicit Origin(runtime::Loop& loop) : news_(loop) {}

  Task<Outcome> handle(http::Request& request, http::Responder& client) override {
    const UnderWay here(*this);
    const std::string path(request.head.target.path);
    ++asked[path];
    while (!begun_.contains(path)) co_await news_.next();
    http::ResponseHead head(request.arena);
    head.status = 200;
    head.fields.add(FieldId::cache_control, "max-age=60, stale-while-revalidate=600");
    head.fields.add(FieldId::age, path.starts_with("/stale") ? "100" : "0");
    EXPECT_TRUE(client.start(head, {.kind = http::BodyLength::Kind::chunked}));
    EXPECT_TRUE(co_await client.write("some", Last::no));
    while (!ended_.contains(path)) co_await news_.next();
    EXPECT_TRUE(co_await client.write("all", Last::yes));
    co_return Outcome{};
  }
  void begin(const std::string& path) { begun_.insert(path), news_.happen(); }
  void answer(const std::string& path) { ended_.insert(path), begin(path); }

  int under_way = 0;
  std::map<std::string, int> asked;

 private:
  struct UnderWay {
    explicit UnderWay(Origin& at) : origin(at) { ++origin.under_way; }
    ~UnderWay() { --origin.under_way; }
    Origin& origin;
  };
  runtime::Event news_;
  std::set<std::string> begun_, ended_;
};

struct Nowhere final : Elsewhere {
  std::uint64_t purge(const Url&, const Cache*, const ServiceRules*, Arena&) override { return 0; }
};

/// To destroy it is to leave.
struct Client {
  Client(runtime::Loop& loop, http::Handler& handler, std::string asks_for)
      : path(std::move(asks_for)), arena(loop.blocks()), task(loop) {
    asked.head.method = http::Method::get;
    asked.head.authority = "a";
    asked.head.target.text = asked.head.target.path = path;
    task.start(ask(handler));
  }
  Task<void> ask(http::Handler& handler) {
    outcome = co_await handler.handle(asked.request, responder);
  }
  bool has_all() const { return outcome && outcome->has_value() && responder.status == 200; }

  const std::string path;
  Arena arena;
  http::testing::TestRequest asked{arena};
  http::testing::EagerResponder responder;
  std::optional<Outcome> outcome;
  runtime::Scope task;
};
using Clients = std::deque<Client>;

/// What a worker has of a cache, in front of an origin of its own.
struct Worker {
  Worker(Cache& cache, std::size_t number)
      : loop(runtime::EpollLoop::make(number).value()),
        surroundings{.loop = *loop,
                     .reader = number,
                     .fills = fills,
                     .name = "Minato",
                     .elsewhere = elsewhere},
        handler(cache, rules, origin, *site, surroundings) {}

  void ask(Clients& clients, const std::string& path) {
    clients.emplace_back(*loop, handler, path);
  }
  void ask(Clients& clients, std::string_view kind, int count) {
    for (int i = 0; i < count; ++i) ask(clients, fmt::format("/{}{}", kind, i));
  }
  void begin(std::string_view kind, int count) {
    for (int i = 0; i < count; ++i) origin.begin(fmt::format("/{}{}", kind, i));
    settle();
  }
  void answer(std::string_view kind, int count) {
    for (int i = 0; i < count; ++i) origin.answer(fmt::format("/{}{}", kind, i));
    settle();
  }
  /// As many as may be that nobody waits for.
  void fill_up(std::string_view kind, bool begun) {
    Clients leaders;
    ask(leaders, kind, most);
    if (begun) begin(kind, most);
    leaders.clear();
    settle();
    EXPECT_EQ(origin.under_way, most);
  }

  template <class Condition>
  void run_until(Condition holds) {
    runtime::Scope task(*loop);
    task.start(stop_once(holds));
    loop->run();
  }
  template <class Condition>
  Task<void> stop_once(Condition& holds) {
    while (!holds()) co_await loop->breathe();
    loop->stop();
  }
  /// Lets all happen that waits for no other thread.
  void settle() {
    run_until([turns = 0]() mutable { return ++turns > 10; });
  }

  const std::unique_ptr<runtime::EpollLoop> loop;
  Nowhere elsewhere;
  const ServiceRules rules;
  const LocalRef<LocalOwner> site = make_local<LocalOwner>();
  Origin origin{*loop};
  Fills fills{*loop};
  const Surroundings surroundings;
  CacheHandler handler;
};

struct Orphans : testing::Test {
  Cache cache{CacheOptions{}, 2, 1};
  Worker here{cache, 0};
  Origin& origin = here.origin;
  Clients leaders, followers;
};

TEST_F(Orphans, AreNoMoreThanTheMost) {
  here.ask(leaders, "x", 3 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, AreNoMoreThanTheMostWhereTheyHaveBegunToBeStored) {
  here.ask(leaders, "x", 3 * most);
  here.begin("x", 3 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, GoOnAndAreStored) {
  here.ask(leaders, "/x");
  origin.begin("/x");
  here.settle();
  leaders.clear();
  origin.answer("/x");
  here.settle();
  here.ask(leaders, "/x");
  EXPECT_TRUE(leaders.back().has_all());
  EXPECT_EQ(origin.asked["/x"], 1);
}

TEST_F(Orphans, ThatHaveNoAnswerGoBeforeThoseThatHave) {
  here.fill_up("silent", false);
  here.ask(leaders, "begun", most);
  here.begin("begun", most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
  here.answer("begun", most);
  EXPECT_EQ(origin.under_way, 0);
}

TEST_F(Orphans, AreNoneWhileTheyAreFollowed) {
  here.fill_up("x", false);
  here.ask(leaders, "y", 2 * most);
  here.ask(followers, "y", 2 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, 3 * most);
  followers.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most);
}

TEST_F(Orphans, AreNoneWhileTheyAreRead) {
  here.fill_up("x", true);
  here.ask(leaders, "y", 2 * most);
  here.begin("y", 2 * most);
  here.ask(followers, "y", 2 * most);
  here.settle();
  leaders.clear();
  here.settle();
  here.answer("y", 2 * most);
  for (const Client& one : followers) EXPECT_TRUE(one.has_all()) << one.path;
}

TEST_F(Orphans, MakeRoomWhereTheyAreFollowedAgain) {
  here.fill_up("x", false);
  here.ask(followers, "x", most);
  here.ask(leaders, "y", 2 * most);
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, 2 * most);
}

TEST_F(Orphans, ThatAreRefreshesAreNoMoreEither) {
  here.ask(leaders, "/stale");
  origin.answer("/stale");
  here.settle();
  here.fill_up("x", false);
  const auto gets_what_is_stale = [&] {
    here.ask(leaders, "/stale");
    return leaders.back().has_all();
  };
  EXPECT_TRUE(gets_what_is_stale());
  EXPECT_EQ(origin.asked["/stale"], 1);
  origin.answer("/x0");
  here.settle();
  EXPECT_TRUE(gets_what_is_stale());
  EXPECT_EQ(origin.asked["/stale"], 2) << "as soon as there is room";
}

TEST_F(Orphans, AreHeardOfFromOtherThreads) {
  here.fill_up("x", true);
  here.ask(leaders, "/y");
  std::barrier step(2);
  std::thread elsewhere([&] {
    Worker there(cache, 1);
    there.ask(followers, "/y");
    there.settle();
    step.arrive_and_wait();  // it follows
    step.arrive_and_wait();  // its leader has left
    followers.clear();
  });
  step.arrive_and_wait();
  leaders.clear();
  here.settle();
  EXPECT_EQ(origin.under_way, most + 1);
  step.arrive_and_wait();
  here.run_until([&] { return origin.under_way == most; });
  elsewhere.join();
}

TEST_F(Orphans, AreNeverCutWhereSomebodyBoardsInTheSameMoment) {
  constexpr int rounds = 100;
  here.fill_up("x", true);
  std::barrier step(2);
  std::atomic<int> served = 0;
  std::thread elsewhere([&] {
    Worker there(cache, 1);
    there.answer("y", rounds);  // where it leads
    for (int i = 0; i < rounds; ++i) {
      step.arrive_and_wait();
      there.ask(followers, fmt::format("/y{}", i));
      there.run_until([&] { return followers.back().outcome.has_value(); });
      EXPECT_TRUE(followers.back().has_all());
      followers.clear();
      ++served;
    }
  });
  for (int i = 0; i < rounds; ++i) {
    const auto path = fmt::format("/y{}", i);
    here.ask(leaders, path);
    origin.begin(path);
    here.settle();
    step.arrive_and_wait();
    leaders.clear();
    here.settle();
    origin.answer(path);
    here.run_until([&] { return served > i && origin.under_way == most; });
  }
  elsewhere.join();
}

}  // namespace
}  // namespace minato::cache
