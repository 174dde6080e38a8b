#include "cache/store/purge_log.h"

#include <algorithm>

namespace minato::cache {

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
  while (records_.size() > purges_max || bytes_ > bytes_max_) {
    bytes_ -= records_.front().bytes();
    records_.pop_front();
  }
  count_.fetch_add(1, std::memory_order_release);
}

BanList::Verdict PurgeLog::judge(std::string_view key, std::optional<std::span<const TagNode>> tags,
                                 std::uint64_t before) const {
  const std::uint64_t since = count() - before;
  if (since == 0) return BanList::Verdict::none;
  if (since > records_.size()) return BanList::Verdict::gone;
  const BanFacts facts(key);
  const std::uint64_t url = hash_of(facts.url.value_or(Url{}), seed_);
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
  for (std::size_t i = records_.size() - since; i < records_.size(); ++i) {
    if (!concerns(records_[i])) continue;
    if (records_[i].how == Purge::remove) return BanList::Verdict::gone;
    verdict = BanList::Verdict::stale;
  }
  return verdict;
}

}  // namespace minato::cache
