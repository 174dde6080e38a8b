// What goes before its time, by hand or after an unsafe method.
#include <algorithm>

#include "base/hash.h"
#include "cache/store/store.h"

namespace minato::cache {
namespace {

/// Others wait for the lock for so long at most. To come to an entry costs as much as to read so
/// many bytes of its key.
constexpr std::size_t buckets_of_step = 4096, cost_of_entry = 128;
constexpr std::size_t cost_of_step = 512 * cost_of_entry;

Ban ban_of(const Url& url, Purge how) {
  return {.what = Ban::What::url,
          .scheme = std::string(url.scheme),
          .host = std::string(url.host),
          .port = std::string(url.port),
          .prefix = std::string(url.rest),
          .soft = how == Purge::mark_stale};
}

}  // namespace

void Store::remove(Entry& entry) {
  const Lock lock(mutex_);
  if (entry.listed) unlink(entry);
}

bool Store::holds(Entry& entry) {
  const Lock lock(mutex_);
  return entry.listed && !is_banned(entry);
}

/// False where it is gone already.
bool Store::purge(Entry& entry, Purge how) {
  if (!entry.listed) return false;
  purged_.fetch_add(1, std::memory_order_relaxed);
  if (how == Purge::mark_stale)
    entry.marked_stale.store(true, std::memory_order_relaxed);
  else
    unlink(entry);
  return true;
}

bool Store::may_be_purged(std::string_view key, std::uint64_t before) const {
  if (before == purges()) return false;
  const Lock lock(mutex_);
  return purge_log_.judge(key, std::nullopt, before) != BanList::Verdict::none;
}

bool Store::was_purged(const Entry& entry, std::uint64_t before) const {
  if (before == purges()) return false;
  const Lock lock(mutex_);
  return purge_log_.judge(entry.key, entry.tags, before) != BanList::Verdict::none;
}

/// What is on its way into the store is not to come in any more, or not as fresh.
void Store::purge_drafts(Purge how, const std::function<bool(const Entry&)>& matches) {
  drafts_.for_each([&](Item& item) {
    auto& draft = static_cast<Entry&>(item);
    if (!matches(draft)) return;
    if (how == Purge::mark_stale) return draft.marked_stale.store(true, std::memory_order_relaxed);
    draft.unlink();
    draft.spoiled.store(true, std::memory_order_relaxed);
  });
}

std::optional<std::uint64_t> Store::purge_url(const Url& url, Purge how) {
  const Lock lock(mutex_);
  take_step(cost_by_the_way);
  const std::uint64_t hash = hash_of(url, seed());
  std::uint64_t count = 0;
  const auto matches = [&](const Entry& entry) { return is_of(entry.key, url); };
  const auto purge_it = [&](Entry& entry) {
    if (matches(entry) && purge(entry, how)) ++count;
  };
  purge_log_.add_url(url, how);
  for (Entry* entry = bucket_of(hash).load(std::memory_order_relaxed); entry != nullptr;) {
    Entry* const next = entry->next.load(std::memory_order_relaxed);
    if (entry->hash == hash) purge_it(*entry);
    entry = next;
  }
  const bool all = tags_.for_each(url_tag(url), purge_it, found_of_step);
  purge_drafts(how, matches);
  if (all) return count;
  hold_against(ban_of(url, how));
  return std::nullopt;
}

std::optional<std::uint64_t> Store::purge_tag(std::string_view tag, Purge how) {
  const std::uint64_t hash = hash_bytes(tag, seed());
  const Ban rest{.what = Ban::What::tag, .tag = hash, .soft = how == Purge::mark_stale};
  const Lock lock(mutex_);
  std::uint64_t count = 0;
  purge_log_.add(rest);
  purge_drafts(how, [&](const Entry& entry) { return rest.concerns(BanFacts(entry)); });
  const auto purge_it = [&](Entry& entry) {
    if (purge(entry, how)) ++count;
  };
  const bool all = tags_.for_each(hash, purge_it, found_of_step);
  collect();
  if (all) return count;
  hold_against(rest);
  return std::nullopt;
}

std::uint64_t Store::purge_all(Purge how) {
  const Ban ban{.what = Ban::What::all, .soft = how == Purge::mark_stale};
  const Lock lock(mutex_);
  const std::uint64_t count = count_;
  purge_log_.add(ban);
  purge_drafts(how, [](const Entry&) { return true; });
  hold_against(ban);
  take_step(cost_of_step);
  return count;
}

void Store::ban(const Ban& ban) {
  const Lock lock(mutex_);
  purge_log_.add(ban);
  purge_drafts(ban.soft ? Purge::mark_stale : Purge::remove,
               [&](const Entry& entry) { return ban.concerns(BanFacts(entry)); });
  hold_against(ban);
}

/// A step for each is enough that a sweep ends long before there are as many as there is room for:
/// the more memory there is for entries, the more there is for bans.
void Store::hold_against(const Ban& ban) {
  take_step(cost_by_the_way);
  while (!bans_.has_room()) take_step(cost_of_step);
  bans_.add(ban);
  await_readers(readers_.retire());
}

/// What it cost.
std::size_t Store::carry_out_in_bucket(std::size_t number) {
  std::size_t cost = 0;
  for (Entry* entry = buckets_[number].load(std::memory_order_relaxed); entry != nullptr;) {
    Entry* const next = entry->next.load(std::memory_order_relaxed);
    cost += cost_of_entry + entry->key.size();
    if (is_banned(*entry)) purge(*entry, Purge::remove);
    entry = next;
  }
  return cost;
}

bool Store::carry_out_bans() {
  const Lock lock(mutex_);
  take_step(cost_of_step);
  return !bans_.is_empty();
}

/// A step of a sweep through all entries, at whose end the bans go that were there when it began.
void Store::take_step(std::size_t cost_max) {
  if (bans_.is_empty()) return;
  if (sweep_bucket_ == 0 && !bans_.begin_sweep()) return;
  std::size_t cost = 0;
  const std::size_t end = std::min(sweep_bucket_ + buckets_of_step, buckets_.size());
  while (sweep_bucket_ < end && cost < cost_max) cost += carry_out_in_bucket(sweep_bucket_++);
  collect();
  if (sweep_bucket_ < buckets_.size()) return;
  sweep_bucket_ = 0;
  // Whoever came to an entry before the sweep took it out still has to find the ban on it.
  await_readers(readers_.retire());
  bans_.end_sweep();
  await_readers(readers_.retire());
}

}  // namespace minato::cache
