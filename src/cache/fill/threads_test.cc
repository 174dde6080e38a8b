// What workers do to the cache, all at once: hits, fills of several variants, confirmations that
// take the place of what they confirm, parts that become one, every kind of purge, and reloads that
// begin with an empty cache while others go on with the one before. For the thread sanitizer.
//
// A thing has versions; each byte says of which thing, variant and version it is. Before a purge
// the things that it concerns get a new version: who looks once it is done must not see an older
// one. At other times they change, too, so that several versions are there side by side.
#include <gtest/gtest.h>

#include <barrier>
#include <memory>
#include <thread>

#include "cache/fill/combine.h"
#include "cache/fill/testing.h"
#include "cache/store/testing.h"
#include "runtime/epoll_loop.h"
#include "runtime/scope.h"

namespace minato::cache {
namespace {

using http::FieldId;

constexpr std::size_t threads_count = 4;
constexpr int steps = 4000;
constexpr WallTime now{std::chrono::hours(1)};

/// Purges that are done: what is older is not found, or found as stale.
struct Floor {
  std::atomic<int> gone{0}, stale{0};
};
void raise(std::atomic<int>& floor, int version) {
  int before = floor.load();
  while (before < version && !floor.compare_exchange_weak(before, version)) {
  }
}

/// A cache, and what was purged of it.
struct Generation {
  explicit Generation(std::size_t number)
      : cache({.capacity = 12 + number % 8,
               .type = static_cast<EvictionType>(number % 4),
               .max_memory = 1_MiB},
              threads_count, number) {}
  Cache cache;
  std::array<Floor, things> floors;
};

/// What all threads share: the origin, and the cache in force.
class Site {
 public:
  std::array<std::atomic<int>, things> versions{};
  const ServiceRules rules{ServiceCacheOptions{}};
  // How often it happened.
  std::atomic<int> hits, parts_found, variants_found, stored, confirmed, completed, joined, purged;

  std::shared_ptr<Generation> generation() {
    const std::lock_guard lock(mutex_);
    return generation_;
  }
  /// Who has the one before goes on with it.
  void reload() {
    const std::lock_guard lock(mutex_);
    generation_ = std::make_shared<Generation>(++count_);
  }

 private:
  std::mutex mutex_;
  std::size_t count_ = 0;
  std::shared_ptr<Generation> generation_ = std::make_shared<Generation>(0);
};

class Worker {
 public:
  Worker(Site& site, std::size_t number) : site_(site), number_(number), random_(number) {}

  void run() {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      arena_.reset();
      const auto generation = site_.generation();
      step(*generation);
    }
  }

 private:
  /// One request that is under way.
  struct Request {
    int thing;
    std::string_view language;
    Text text;  ///< what the origin has for it
    http::RequestHead head;
    Key key;
  };

  void step(Generation& generation) {
    const std::uint64_t drawn = random_.below(100);
    if (drawn < 60) look(generation);
    if (drawn >= 60 && drawn < 95) run_to_its_end(fetch(generation));
    if (drawn >= 95) purge(generation);
    if (random_.one_in(50)) change(static_cast<int>(random_.below(things)));
    if (random_.one_in(30)) generation.cache.store().carry_out_bans();
    if (random_.one_in(1500)) site_.reload();
  }

  // Who asks.

  Request any_request(Store& store) {
    const auto thing = static_cast<int>(random_.below(things));
    const std::string_view language = languages[random_.below(languages.size())];
    const auto url = fmt::format("http://a/{}{}", letter_of(thing), thing);
    const std::string_view text = arena_.copy(url);
    Request request{.thing = thing,
                    .language = language,
                    .text = {thing, varies(thing) ? language : std::string_view{},
                             site_.versions[static_cast<std::size_t>(thing)].load()},
                    .head = http::RequestHead(arena_),
                    .key = {.text = text, .hash = hash_of(*split_url(text), store.seed())}};
    request.head.method = http::Method::get;
    request.head.fields.add(FieldId::accept_language, language);
    if (random_.one_in(2)) {
      const ByteRange range = request.text.some(random_);
      const auto value = fmt::format("bytes={}-{}", range.first, range.last);
      request.head.fields.add(FieldId::range, arena_.copy(value));
    }
    return request;
  }

  void look(Generation& generation) {
    Store& store = generation.cache.store();
    const Request request = any_request(store);
    const Floor& floor = generation.floors[static_cast<std::size_t>(request.thing)];
    const int gone = floor.gone.load(), stale = floor.stale.load();
    const auto found = store.find(request.key, request.head.fields, number_);
    for (const Pin& entry : {found.entry, found.part})
      if (entry) check(*entry, request, gone, stale);
    if (!found.part) return;
    for (const Pin& part : store.parts_like(*found.part, number_)) check(*part, request, gone, 0);
  }

  void check(Entry& entry, const Request& request, int gone, int stale) {
    Text text = request.text;
    const auto etag = entry.etag();
    text.version = std::atoi(std::string(etag.substr(1)).c_str());
    EXPECT_EQ(entry.key, request.key.text);
    EXPECT_EQ(line_of(entry, "X-Name"), text.name()) << "of another key, variant or version";
    const ByteRange range = entry.part ? entry.part->range : text.whole();
    EXPECT_EQ(body_of(entry), text.bytes(range)) << "not the bytes of " << text.name();
    EXPECT_GE(text.version, gone) << "purged";
    EXPECT_TRUE(text.version >= stale || entry.marked_stale.load()) << "purged softly";
    entry.touch(++tick_);
    ++site_.hits;
    if (entry.part) ++site_.parts_found;
    if (!entry.variant.empty()) ++site_.variants_found;
  }

  static std::string line_of(const Entry& entry, std::string_view name) {
    for (const http::Field& line : entry.lines)
      if (line.name == name) return std::string(line.value);
    return {};
  }

  // The way in.

  void run_to_its_end(Task<void> task) {
    runtime::Scope tasks(*loop_);
    tasks.start(run_and_stop(std::move(task)));
    loop_->run();
  }
  Task<void> run_and_stop(Task<void> task) {
    co_await std::move(task);
    loop_->stop();
  }

  /// Asks for it, or for the rest of it, or whether it still holds.
  Task<void> fetch(Generation& generation) {
    Store& store = generation.cache.store();
    const std::uint64_t before = store.purges();  // ahead of what the origin has by then
    const Request request = any_request(store);
    const auto found = store.find(request.key, request.head.fields, number_);
    std::optional<Completion> completion;
    if (found.part) {
      const auto parts = store.parts_like(*found.part, number_);
      if (!parts.empty()) completion = completion_of(parts, request.head.fields);
    }
    const Asked asked{.cache = generation.cache,
                      .rules = site_.rules,
                      .key = request.key,
                      .request = request.head,
                      .facts = request_facts(request.head),
                      .validated = found.entry,
                      .completion = completion ? &*completion : nullptr,
                      .sent = now,
                      .purges_before = before,
                      .reader = number_,
                      .configured = {}};
    co_await take(asked, request);
  }

  Task<void> take(const Asked& asked, const Request& request) {
    const std::string etag = request.text.etag();
    if (asked.validated && asked.validated->etag() == etag) co_return confirm(asked, request);
    ByteRange came = request.text.whole();
    if (asked.completion != nullptr && asked.completion->newest().etag() == etag)
      came = asked.completion->missing;
    else if (const auto range = request.head.fields.value(FieldId::range); !range.empty())
      came = select_ranges(range, request.text.size()).ranges.front();
    const auto head = response(request.text, came);
    const Ruling ruling = judge(asked, head, http::BodyLength::known(came.size()), now, arena_);
    if (ruling.kind == Ruling::Kind::store) co_await store(asked, ruling, request.text.bytes(came));
  }

  http::ResponseHead response(const Text& text, ByteRange range) {
    http::ResponseHead head(arena_);
    head.status = range == text.whole() ? 200 : 206;
    add_lines(head.fields, text);
    if (head.status == 206) {
      const auto content = fmt::format("bytes {}-{}/{}", range.first, range.last, text.size());
      head.fields.add(FieldId::content_range, arena_.copy(content));
    }
    return head;
  }

  void add_lines(http::Fields& fields, const Text& text) {
    fields.add(FieldId::etag, arena_.copy(text.etag()));
    fields.add(FieldId::cache_control, "max-age=60");
    fields.add("X-Name", arena_.copy(text.name()));
    fields.add("Cache-Tag", arena_.copy(std::string(1, tag_of(text.thing))));
    if (varies(text.thing)) fields.add(FieldId::vary, "Accept-Language");
  }

  void confirm(const Asked& asked, const Request& request) {
    http::ResponseHead head(arena_);
    head.status = 304;
    add_lines(head.fields, request.text);
    const Ruling ruling = judge(asked, head, http::BodyLength::none(), now, arena_);
    EXPECT_EQ(ruling.kind, Ruling::Kind::confirmed);
    if (ruling.is_updated) ++site_.confirmed;
  }

  Task<void> store(const Asked& asked, const Ruling& ruling, std::string body) {
    Growth& growth = *ruling.growth;
    std::optional<Joiner> joiner;
    if (ruling.completes) joiner.emplace(*asked.completion, growth, *loop_);
    if (joiner) (void)co_await joiner->begin();
    const std::size_t half = body.size() / 2;
    auto kept = co_await growth.append(*loop_, std::string_view(body).substr(0, half));
    const bool breaks_off = random_.one_in(20);
    if (kept && !breaks_off)
      kept = co_await growth.append(*loop_, std::string_view(body).substr(half));
    if (kept && joiner) kept = co_await joiner->end();
    if (!kept || breaks_off) co_return growth.break_off(*loop_);
    if (!growth.complete(*loop_, ++tick_)) co_return;
    ++(joiner ? site_.completed : site_.stored);
    co_await join(asked, ruling.entry);
  }

  /// With what it touches.
  Task<void> join(const Asked& asked, Pin entry) {
    if (!entry->part) co_return;
    Store& store = asked.cache.store();
    co_await combine_parts(asked, entry, *loop_);
    const auto found = store.find(asked.key, asked.request.fields, number_);
    const bool grew =
        found.entry && found.entry->etag() == entry->etag() && found.entry->size() > entry->size();
    if (grew) ++site_.joined;
  }

  // What goes.

  void purge(Generation& generation) {
    Store& store = generation.cache.store();
    const auto thing = static_cast<int>(random_.below(things));
    const auto how = random_.one_in(2) ? Purge::remove : Purge::mark_stale;
    const auto url = fmt::format("http://a/{}{}", letter_of(thing), thing);
    ++site_.purged;
    switch (random_.below(10)) {
      case 0:
        return purge(generation, how, [](int) { return true; }, [&] { store.purge_all(how); });
      case 1:
      case 2:
        return purge(
            generation, how, [&](int other) { return tag_of(other) == tag_of(thing); },
            [&] { store.purge_tag(std::string(1, tag_of(thing)), how); });
      case 3:
      case 4:
        return purge(
            generation, how, [&](int other) { return letter_of(other) == letter_of(thing); },
            [&] { store.ban(prefix_ban(thing, how)); });
      default:
        return purge(
            generation, how, [&](int other) { return other == thing; },
            [&] { store.purge_url(*split_url(url), how); });
    }
  }
  static Ban prefix_ban(int thing, Purge how) {
    return {.host = "a",
            .prefix = fmt::format("/{}", letter_of(thing)),
            .soft = how == Purge::mark_stale};
  }

  /// What has changed is purged then.
  template <class Concerns, class Act>
  void purge(Generation& generation, Purge how, Concerns concerns, Act act) {
    std::array<int, things> since{};
    for (int thing = 0; thing < things; ++thing)
      if (concerns(thing)) since[static_cast<std::size_t>(thing)] = change(thing);
    act();
    for (std::size_t thing = 0; thing < things; ++thing) {
      Floor& floor = generation.floors[thing];
      raise(how == Purge::remove ? floor.gone : floor.stale, since[thing]);
    }
  }
  int change(int thing) { return ++site_.versions[static_cast<std::size_t>(thing)]; }

  Site& site_;
  const std::size_t number_;
  Random random_;
  std::unique_ptr<runtime::EpollLoop> loop_ = runtime::EpollLoop::make(number_).value();
  BlockPool blocks_;
  Arena arena_{blocks_};
  std::uint64_t tick_ = 0;
};

TEST(CacheThreads, NobodyGetsBytesOfAnotherThingVariantOrVersion) {
  Site site;
  std::barrier start(threads_count);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < threads_count; ++i)
    threads.emplace_back([&, i] {
      Worker worker(site, i);
      start.arrive_and_wait();
      worker.run();
    });
  for (std::thread& thread : threads) thread.join();
  for (const auto* const count : {&site.hits, &site.parts_found, &site.variants_found, &site.stored,
                                  &site.confirmed, &site.completed, &site.joined, &site.purged})
    EXPECT_GT(*count, 0);
}

}  // namespace
}  // namespace minato::cache
