// A worker that has a cache in front of an origin of its own, in process, for tests.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <string>

#include "cache/handler.h"
#include "http/testing.h"
#include "runtime/epoll_loop.h"

namespace minato::cache::testing {

/// Says nothing of a path before it is told to, and then not all.
class Origin final : public http::Handler {
 public:
  explicit Origin(runtime::Loop& loop) : news_(loop) {}

  Task<http::Outcome> handle(http::Request& request, http::Responder& client) override {
    const UnderWay here(*this);
    const std::string path(request.head.target.path);
    ++asked[path];
    while (!begun_.contains(path)) co_await news_.next();
    http::ResponseHead head(request.arena);
    head.status = 200;
    head.fields.add(http::FieldId::cache_control, "max-age=60, stale-while-revalidate=600");
    head.fields.add(http::FieldId::age, age);
    EXPECT_TRUE(client.start(head, {.kind = http::BodyLength::Kind::chunked}));
    EXPECT_TRUE(co_await client.write("some", http::Last::no));
    while (!ended_.contains(path)) co_await news_.next();
    EXPECT_TRUE(co_await client.write("all", http::Last::yes));
    co_return http::Outcome{};
  }
  void begin(const std::string& path) { begun_.insert(path), news_.happen(); }
  void answer(const std::string& path) { ended_.insert(path), begin(path); }

  std::string_view age = "0";  ///< of what it says: stale from 60 on
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
  std::optional<http::Outcome> outcome;
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

}  // namespace minato::cache::testing
