#include "cache/store/purge_log.h"

#include <algorithm>

namespace minato::cache {

PurgeLog::PurgeLog(std::uint64_t seed, std::uint64_t bytes)
    : tables_{{{std::min(bytes / 4, bytes_of_table_max), seed},
               {std::min(bytes / 4, bytes_of_table_max), seed}}},
      latest_(std::clamp<std::size_t>(bytes / 2 / sizeof(std::uint64_t), 1, places_max)) {}

/// With room for one more.
BanTable& PurgeLog::newer() {
  if (!tables_[newer_].has_room()) {
    newer_ = 1 - newer_;
    forget(tables_[newer_]);
  }
  return tables_[newer_];
}

void PurgeLog::forget(BanTable& table) {
  latest_other_ = std::max(latest_other_, table.latest_of_all().either());
  table.for_each([&](std::uint64_t key, bool is_of_url, const LatestBans& latest) {
    std::uint64_t& last = is_of_url ? place_of(key) : latest_other_;
    last = std::max(last, latest.either());
  });
  table.hide();
  table.clear(~std::size_t{0});
}

void PurgeLog::add_url(const Url& url, Purge how) {
  newer().add_url(on_every_port(url), how == Purge::mark_stale, count() + 1);
  count_.fetch_add(1, std::memory_order_release);
}

void PurgeLog::add(const Ban& ban) {
  const std::uint64_t number = count() + 1;
  newer().add(ban, number);
  if (ban.what == Ban::What::tag) (ban.soft ? latest_of_tags_.soft : latest_of_tags_.hard) = number;
  count_.fetch_add(1, std::memory_order_release);
}

bool PurgeLog::is_forgotten(const BanFacts& facts, std::uint64_t before) const {
  const Url url = on_every_port(facts.url.value_or(Url{}));
  return before < latest_other_ || before < place_of(tables_.front().key_of(url));
}

BanList::Verdict PurgeLog::judge(std::string_view key, std::optional<std::span<const TagNode>> tags,
                                 std::uint64_t before) const {
  if (before == count()) return BanList::Verdict::none;
  const BanFacts facts(key, tags.value_or(std::span<const TagNode>{}));
  LatestBans latest = tags ? LatestBans{} : latest_of_tags_;
  for (const BanTable& table : tables_) latest.take(table.latest_of(facts));
  if (latest.hard > before || is_forgotten(facts, before)) return BanList::Verdict::gone;
  return latest.soft > before ? BanList::Verdict::stale : BanList::Verdict::none;
}

}  // namespace minato::cache
