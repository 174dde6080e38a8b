#include "cache/store/bans.h"

namespace minato::cache {
namespace {

constexpr std::size_t slots_of_step = 4096;

}  // namespace

BanList::Verdict BanList::judge(Entry& entry) const {
  const std::uint64_t newest = this->newest();
  std::uint64_t checked = entry.bans_checked.load(std::memory_order_acquire);
  if (checked >= newest) return Verdict::none;
  const BanFacts facts(entry);
  LatestBans latest;
  for (const BanTable& table : tables_) latest.take(table.latest_of(facts));
  if (latest.hard > checked) return Verdict::gone;
  const bool stale = latest.soft > checked;
  // In this order: whoever reads that the entry was held against them reads that it is stale, too.
  if (stale) entry.marked_stale.store(true, std::memory_order_relaxed);
  const bool first = entry.bans_checked.compare_exchange_strong(
      checked, newest, std::memory_order_release, std::memory_order_relaxed);
  return stale && first ? Verdict::stale : Verdict::none;
}

void BanList::add(const Ban& ban) {
  tables_[filled_].add(ban, newest() + 1);
  newest_.fetch_add(1, std::memory_order_seq_cst);
}

bool BanList::begin_sweep() {
  if (!tables_[1 - filled_].clear(slots_of_step)) return false;
  filled_ = 1 - filled_;
  swept_next_ = newest();
  return true;
}

void BanList::end_sweep() {
  tables_[1 - filled_].hide();
  swept_ = swept_next_;
}

}  // namespace minato::cache
