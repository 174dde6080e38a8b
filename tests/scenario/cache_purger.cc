#include "scenario/cache_purger.h"

#include <fmt/format.h>

#include "admin/resources.h"

namespace minato::scenario {
namespace {

constexpr Nanos span_of_all = 3s;

}  // namespace

CachePurger::CachePurger(runtime::Loop& loop, House& house, Plan plan, Said& said,
                         std::uint64_t seed)
    : loop_(loop), house_(house), plan_(std::move(plan)), said_(said), random_(seed), tasks_(loop) {
  reload_now_and_then();
  tasks_.start(purge_now_and_then());
}

void CachePurger::reload_now_and_then() {
  for (int left = plan_.reloads; left > 0; --left)
    house_.reload_later(Nanos(random_.below(span_of_all.count())), plan_.config);
}

Task<void> CachePurger::purge_now_and_then() {
  for (int left = plan_.purges; left > 0; --left) {
    const auto most = static_cast<std::uint64_t>(span_of_all.count() / plan_.purges);
    co_await runtime::pause(loop_, Nanos(random_.below(most)));
    co_await purge();
  }
}

/// Who asks after its answer gets nothing that the origin said before it was asked for.
Task<void> CachePurger::purge() {
  caches_.push_back(house_.supervisor().cache());
  const std::size_t thing = random_.below(said_.purged.size());
  const bool one = random_.one_in(2), soft = random_.one_in(4);
  const int before = said_.answers;
  const std::string what = one                 ? random_.one_in(2)
                                                     ? fmt::format(R"("url": "http://site.example/{}")", thing)
                                                     : fmt::format(R"("tag": "t{}")", thing)
                                           : random_.one_in(3) ? std::string(R"("all": true)")
                           : random_.one_in(2) ? std::string(R"("host": "site.example")")
                                               : std::string(R"("prefix": "http://site.example/")");
  const std::string body = fmt::format("{{{}, \"soft\": {}}}", what, soft);
  const admin::Question question{.query = {}, .body = body};
  const auto* const resource = admin::find_resource(http::Method::post, "/cache/purge");
  const admin::Reply reply = co_await resource->answer(house_.supervisor(), question);
  if (reply.status != 200)
    violations_.push_back(fmt::format("status {} for a purge of {}", reply.status, body));
  ++purges_done_;
  if (soft) co_return;
  for (std::size_t each = 0; each < said_.purged.size(); ++each)
    if (!one || each == thing) said_.purged[each] = std::max(said_.purged[each], before);
}

std::vector<std::string> CachePurger::violations() const {
  std::vector<std::string> all = violations_;
  for (const auto& each : caches_)
    if (!each.expired()) all.emplace_back("a cache is left");
  for (const admin::ReloadOutcome& outcome : house_.reloads())
    if (!outcome.accepted) all.emplace_back("a reload was refused");
  return all;
}

}  // namespace minato::scenario
