#include "cache/fill/completion.h"

#include <fmt/format.h>

#include <algorithm>

namespace minato::cache {
namespace {

using http::FieldId;

/// Nullopt where it is not one range of that content.
std::optional<ByteRange> wanted_range(const http::Fields& request, const Entry& part) {
  const std::uint64_t complete = *part.part->complete;
  if (!request.has(FieldId::range)) return ByteRange{.first = 0, .last = complete - 1};
  if (request.count_of(FieldId::range) != 1 || !if_range_holds(request, part.lines))
    return std::nullopt;
  const Selection selection = select_ranges(request.value(FieldId::range), complete);
  if (selection.kind != Selection::Kind::ranges || selection.ranges.size() != 1)
    return std::nullopt;
  return selection.ranges.front();
}

bool has(const Entry& part, std::uint64_t position) {
  return part.part->range.first <= position && position <= part.part->range.last;
}

}  // namespace

const Entry& Completion::newest() const {
  if (!left) return *right;
  if (!right) return *left;
  const auto received = [](const Pin& part) { return part->facts.freshness.response_received; };
  return received(left) < received(right) ? *right : *left;
}

bool Completion::is_completed_by(const http::ResponseHead& head, http::BodyLength length) const {
  const bool says_one = head.fields.count_of(FieldId::content_range) == 1;
  const auto range = parse_content_range(head.fields.value(FieldId::content_range));
  const bool fits = length.kind != http::BodyLength::Kind::known || length.bytes == missing.size();
  return head.status == 206 && says_one && fits &&
         range == ContentRange{.range = missing, .complete = complete} &&
         head.fields.value(FieldId::etag) == newest().etag();
}

void Completion::ask_for_missing(http::Fields& request) const {
  const std::string range = fmt::format("bytes={}-{}", missing.first, missing.last);
  request.remove(FieldId::range);  // of all that is wanted
  request.add(FieldId::range, request.arena().copy(range));
  request.add(FieldId::if_range, newest().etag());
}

std::optional<Completion> completion_of(std::span<const Pin> parts, const http::Fields& request) {
  const auto wanted = wanted_range(request, *parts.front());
  if (!wanted) return std::nullopt;
  Completion made{.wanted = *wanted, .complete = *parts.front()->part->complete};
  made.missing = made.wanted;
  for (const Pin& part : parts) {
    const ByteRange& range = part->part->range;
    if (has(*part, wanted->first) && range.last >= made.missing.first)
      made.left = part, made.missing.first = range.last + 1;
    if (has(*part, wanted->last) && range.first <= made.missing.last && range.first > 0)
      made.right = part, made.missing.last = range.first - 1;
  }
  const bool is_some = made.left || made.right;
  const bool misses = made.missing.first <= made.missing.last;
  return is_some && misses ? std::optional(std::move(made)) : std::nullopt;
}

Task<Result<void>> Joiner::begin() {
  if (std::exchange(begun_, true) || !completion_.left) co_return Result<void>{};
  const ByteRange bytes{.first = completion_.wanted.first, .last = completion_.missing.first - 1};
  co_return co_await append_from(growth_, *completion_.left, bytes, loop_);
}

Result<void> Joiner::count(std::size_t bytes, http::Last last) {
  came_ += bytes;
  const std::uint64_t asked = completion_.missing.size();
  if (came_ > asked || (last == http::Last::yes && came_ < asked))
    return fail(Fault::malformed, Side::local, "the part is not as long as its Content-Range says");
  return {};
}

Task<Result<void>> Joiner::end() {
  if (!completion_.right) co_return Result<void>{};
  const ByteRange bytes{.first = completion_.missing.last + 1, .last = completion_.wanted.last};
  co_return co_await append_from(growth_, *completion_.right, bytes, loop_);
}

Task<Result<void>> append_from(Growth& growth, const Entry& entry, ByteRange bytes,
                               runtime::Loop& loop) {
  const std::uint64_t begin = entry.part ? entry.part->range.first : 0;
  const ByteRange stored{.first = bytes.first - begin, .last = bytes.last - begin};
  for (ContentWalk walk(*entry.content, stored); !walk.ended();) {
    const std::string_view view = walk.next();
    const auto kept = co_await growth.append(loop, view);
    if (!kept) co_return kept;
    walk.pass(view.size());
  }
  co_return Result<void>{};
}

}  // namespace minato::cache
