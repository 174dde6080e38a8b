#include "cache/fill/combine.h"

#include <algorithm>

#include "cache/fill/completion.h"
#include "cache/fill/storable.h"

namespace minato::cache {
namespace {

/// Two parts, the first of which begins first.
struct Pair {
  Entry& left;
  Entry& right;

  bool touches() const { return right.part->range.first <= left.part->range.last + 1; }
  ByteRange both() const {
    return {.first = left.part->range.first,
            .last = std::max(left.part->range.last, right.part->range.last)};
  }
};

Pair in_order(Entry& one, Entry& other) {
  return one.part->range.first <= other.part->range.first ? Pair{one, other} : Pair{other, one};
}

/// An entry for both, with the head of the older as the newer one changes it (RFC 9111 3.4). Null
/// where that grows too large, or there is no memory.
Pin draft_for(const Asked& asked, const Entry& older, const Entry& newer, ByteRange range) {
  Arena& arena = asked.request.fields.arena();
  auto head = updated_head(older, fields_of(newer, arena), arena);
  if (!head) return {};
  Part part = become_part(*head, range, *newer.part->complete);
  part.made_of = {&older, &newer};
  const FreshnessFacts& came = newer.facts.freshness;
  ResponseFacts facts = response_facts(
      *head, asked.facts,
      {.request_sent = came.request_sent, .response_received = came.response_received},
      asked.rules.reading(head->status, asked.configured.forced));
  facts.freshness.age = came.age;
  inherit(facts, older.facts);
  inherit(facts, newer.facts);
  return make_draft(asked, head->fields, head->fields, facts, part);
}

/// What is stored in place of the two; null where there is no room for it.
Task<Pin> join(const Asked& asked, Entry& older, Entry& newer, runtime::Loop& loop) {
  const Pair pair = in_order(older, newer);
  Store& store = asked.cache.store();
  const ByteRange range = pair.both();
  const Pin draft = draft_for(asked, older, newer, range);
  // Asked afterwards: what is purged from now on keeps the draft out, too.
  if (!draft || !store.holds(older) || !store.holds(newer)) co_return Pin{};
  Growth growth(store, draft, asked.rules.options().max_body_size.count, range.size());
  const ByteRange rest{.first = pair.left.part->range.last + 1, .last = range.last};
  auto kept = co_await append_from(growth, pair.left, pair.left.part->range, loop);
  if (kept) kept = co_await append_from(growth, pair.right, rest, loop);
  const bool stored = kept && growth.complete(loop, newer.used.load(std::memory_order_relaxed));
  co_return stored ? draft : Pin{};
}

}  // namespace

Task<void> combine_parts(const Asked& asked, Pin fresh, runtime::Loop& loop) {
  Store& store = asked.cache.store();
  for (bool joined = true; joined;) {
    joined = false;
    for (const Pin& other : store.parts_like(*fresh, asked.reader)) {
      if (&*other == &*fresh || !in_order(*fresh, *other).touches()) continue;
      if (!asked.rules.may_use(other->facts, asked.configured.forced)) continue;
      Pin both = co_await join(asked, *other, *fresh, loop);
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
