#include "cache/store/bans.h"

#include <algorithm>
#include <iterator>

namespace minato::cache {
namespace {

std::span<const Ban> later_than(const BanList::Bans& bans, std::uint64_t number) {
  return {std::ranges::upper_bound(bans, number, {}, &Ban::number), bans.end()};
}

}  // namespace

bool Ban::concerns(const BanFacts& facts) const {
  const auto is_it = [this](const TagNode& node) { return node.hash == tag; };
  switch (what) {
    case What::all: return true;
    case What::tag: return std::ranges::any_of(facts.tags, is_it);
    case What::keys: return facts.suffix.starts_with(stamp);
    case What::urls:
    case What::url: break;
  }
  const auto& url = facts.url;
  return url && (scheme.empty() || scheme == url->scheme) && host == url->host &&
         (port.empty() || port == port_of(*url)) && url->rest.starts_with(prefix) &&
         (what == What::urls || url->rest.size() == prefix.size());
}

bool Ban::covers(const Ban& other) const {
  if (soft && !other.soft) return false;
  if (what == What::all) return true;
  const bool is_wider = what == other.what || (what == What::urls && other.what == What::url);
  return is_wider && (scheme.empty() || scheme == other.scheme) && host == other.host &&
         (port.empty() || port == other.port) && other.prefix.starts_with(prefix) &&
         (what != What::url || other.prefix.size() == prefix.size()) && tag == other.tag &&
         other.stamp.starts_with(stamp);
}

bool BanList::has_room_for(const Ban& ban) const {
  if (!bans_) return true;
  const bool fits = bans_->size() < bans_max && bytes_ + ban.bytes() <= bytes_max_;
  return fits || std::ranges::any_of(*bans_, [&](const Ban& old) { return ban.covers(old); });
}

BanList::Verdict BanList::judge(Entry& entry) const {
  const Bans* const bans = shown_.load(std::memory_order_seq_cst);
  std::uint64_t checked = entry.bans_checked.load(std::memory_order_acquire);
  if (bans == nullptr || checked >= bans->back().number) return Verdict::none;
  const BanFacts facts(entry);
  bool stale = false;
  for (const Ban& ban : later_than(*bans, checked)) {
    if ((stale && ban.soft) || !ban.concerns(facts)) continue;
    if (!ban.soft) return Verdict::gone;
    stale = true;
  }
  // In this order: whoever reads that the entry was held against them reads that it is stale, too.
  if (stale) entry.marked_stale.store(true, std::memory_order_relaxed);
  const bool first = entry.bans_checked.compare_exchange_strong(
      checked, bans->back().number, std::memory_order_release, std::memory_order_relaxed);
  return stale && first ? Verdict::stale : Verdict::none;
}

std::size_t BanList::tests_of(const Entry& entry) const {
  return bans_ ? later_than(*bans_, entry.bans_checked.load(std::memory_order_relaxed)).size() : 0;
}

std::unique_ptr<const BanList::Bans> BanList::add(Ban ban) {
  auto next = std::make_unique<Bans>();
  next->reserve(bans_ ? bans_->size() + 1 : 1);
  const auto still_says_something = [&](const Ban& old) { return !ban.covers(old); };
  if (bans_) std::ranges::copy_if(*bans_, std::back_inserter(*next), still_says_something);
  ban.number = newest() + 1;
  next->push_back(std::move(ban));
  auto before = install(std::move(next));
  newest_.fetch_add(1, std::memory_order_seq_cst);
  return before;
}

std::unique_ptr<const BanList::Bans> BanList::drop(std::uint64_t last) {
  const auto later = later_than(*bans_, last);
  return install(later.empty() ? nullptr : std::make_unique<Bans>(later.begin(), later.end()));
}

std::unique_ptr<const BanList::Bans> BanList::install(std::unique_ptr<const Bans> next) {
  bans_.swap(next);
  bytes_ = 0;
  if (bans_)
    for (const Ban& ban : *bans_) bytes_ += ban.bytes();
  shown_.store(bans_.get(), std::memory_order_seq_cst);
  return next;
}

}  // namespace minato::cache
