#include "cache/fill/combine.h"

#include <fmt/format.h>

#include <algorithm>

#include "cache/fill/growth.h"

namespace minato::cache {
namespace {

using http::FieldId;

/// Two parts, the first of which begins first.
struct Pair {
  const Entry& left;
  const Entry& right;

  bool touches() const { return right.part->range.first <= left.part->range.last + 1; }
  ByteRange both() const {
    return {.first = left.part->range.first,
            .last = std::max(left.part->range.last, right.part->range.last)};
  }
};

Pair in_order(const Entry& one, const Entry& other) {
  return one.part->range.first <= other.part->range.first ? Pair{one, other} : Pair{other, one};
}

/// An entry for both, with the head of the newer.
Pin draft_for(const Asked& asked, const Entry& newer, ByteRange range) {
  const std::uint64_t complete = *newer.part->complete;
  const bool whole = range.size() == complete;
  Arena& arena = asked.request.fields.arena();
  http::Fields lines(arena);
  for (const http::Field& line : newer.lines)
    if (line.id != FieldId::content_range) lines.append(line);
  ResponseFacts facts = newer.facts;
  if (whole) facts.status = 200;
  const auto bytes = fmt::format("{}-{}", range.first, range.last);
  if (!whole)
    lines.add(FieldId::content_range, arena.copy(fmt::format("bytes {}/{}", bytes, complete)));
  const std::string answers = whole ? std::string{} : "bytes=" + bytes;
  const ContentRange content{.range = range, .complete = complete};
  return asked.cache.store().draft({.key = asked.key,
                                    .vary = newer.vary,
                                    .variant = newer.variant,
                                    .lines = lines,
                                    .facts = facts,
                                    .part = whole ? std::nullopt : std::optional(content),
                                    .range = answers,
                                    .tags = {}});
}

Task<Result<void>> append_from(Growth& growth, const Entry& entry, std::uint64_t skipped,
                               runtime::Loop& loop) {
  for (Piece* piece = entry.content->first; piece != nullptr; piece = piece->next) {
    const std::uint64_t skip = std::min<std::uint64_t>(skipped, piece->size);
    skipped -= skip;
    const auto kept = co_await growth.append(loop, piece->text().substr(skip));
    if (!kept) co_return kept;
  }
  co_return Result<void>{};
}

/// What is stored in place of the two; null where there is no room for it.
Task<Pin> join(const Asked& asked, const Entry& newer, Pair pair, runtime::Loop& loop) {
  Store& store = asked.cache.store();
  const ByteRange range = pair.both();
  const Pin draft = draft_for(asked, newer, range);
  if (!draft) co_return Pin{};
  Growth growth(store, draft, asked.rules.options().max_body_size.count, range.size());
  const std::uint64_t overlap = pair.left.part->range.last + 1 - pair.right.part->range.first;
  auto kept = co_await append_from(growth, pair.left, 0, loop);
  if (kept) kept = co_await append_from(growth, pair.right, overlap, loop);
  const bool stored = kept && growth.complete(loop, newer.used.load(std::memory_order_relaxed));
  co_return stored ? draft : Pin{};
}

}  // namespace

Task<void> combine_parts(const Asked& asked, Pin fresh, runtime::Loop& loop) {
  Store& store = asked.cache.store();
  const auto may_join = [](const Entry& entry) {
    return entry.part && entry.part->complete && entry.facts.has_strong_etag;
  };
  for (bool joined = true; joined && may_join(*fresh);) {
    joined = false;
    for (const Pin& other : store.parts_like(*fresh, asked.reader)) {
      const Pair pair = in_order(*fresh, *other);
      if (!pair.touches()) continue;
      Pin both = co_await join(asked, *fresh, pair, loop);
      if (!both) co_return;
      store.remove(*other);
      store.remove(*fresh);
      fresh = std::move(both);
      joined = true;
      break;
    }
  }
}

}  // namespace minato::cache
