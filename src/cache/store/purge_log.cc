#include "cache/store/purge_log.h"

#include <algorithm>
#include <bit>

namespace minato::cache {

PurgeLog::PurgeLog(std::uint64_t seed, std::uint64_t bytes_max)
    : seed_(seed),
      bytes_max_(bytes_max),
      latest_(std::clamp<std::size_t>(std::bit_floor(bytes_max / 2 / sizeof(std::uint64_t)), 1,
                                      places_max)) {
  bytes_ = latest_.size() * sizeof(std::uint64_t);
}

void PurgeLog::add_url(const Url& url, Purge how) {
  add({.what = What::url, .how = how, .hash = hash_of(url, seed_)});
}

void PurgeLog::add_tag(std::uint64_t hash, Purge how) {
  add({.what = What::tag, .how = how, .hash = hash});
}

void PurgeLog::add_ban(const Ban& ban) {
  const Purge how = ban.soft ? Purge::mark_stale : Purge::remove;
  add({.what = What::ban, .how = how, .ban = std::make_unique<const Ban>(ban)});
}

void PurgeLog::add_all(Purge how) { add({.what = What::all, .how = how}); }

void PurgeLog::add(Record record) {
  bytes_ += record.bytes();
  records_.push_back(std::move(record));
  while (records_.size() > purges_max || (bytes_ > bytes_max_ && !records_.empty()))
    forget_oldest();
  count_.fetch_add(1, std::memory_order_release);
}

void PurgeLog::forget_oldest() {
  const Record& oldest = records_.front();
  ++forgotten_;
  (oldest.what == What::url ? latest_[place_of(oldest.hash)] : latest_other_) = forgotten_;
  bytes_ -= oldest.bytes();
  records_.pop_front();
}

bool PurgeLog::is_forgotten(std::uint64_t url, std::uint64_t before) const {
  return before < latest_other_ || before < latest_[place_of(url)];
}

BanList::Verdict PurgeLog::judge(std::string_view key, std::optional<std::span<const TagNode>> tags,
                                 std::uint64_t before) const {
  const std::uint64_t since = count() - before;
  if (since == 0) return BanList::Verdict::none;
  const BanFacts facts(key);
  const std::uint64_t url = hash_of(facts.url.value_or(Url{}), seed_);
  if (is_forgotten(url, before)) return BanList::Verdict::gone;
  const auto concerns = [&](const Record& record) {
    const auto is_it = [&](const TagNode& tag) { return tag.hash == record.hash; };
    switch (record.what) {
      case What::url: return record.hash == url;
      case What::tag: return !tags || std::ranges::any_of(*tags, is_it);
      case What::ban: return record.ban->concerns(facts);
      case What::all: break;
    }
    return true;
  };
  auto verdict = BanList::Verdict::none;
  const std::size_t known = std::min<std::uint64_t>(since, records_.size());
  for (std::size_t i = records_.size() - known; i < records_.size(); ++i) {
    if (!concerns(records_[i])) continue;
    if (records_[i].how == Purge::remove) return BanList::Verdict::gone;
    verdict = BanList::Verdict::stale;
  }
  return verdict;
}

}  // namespace minato::cache
