#include "cache/send_content.h"

#include <array>

namespace minato::cache {
namespace {

/// Less than that is copied at less cost: docs/performance.md.
constexpr std::size_t lent_bytes_min = 64u << 10;

/// To renew the pages of what was lent, once it has gone, costs as much as in so many hits is
/// saved.
constexpr std::uint64_t lent_hits_min = 32;

bool has_hits(const Entry& entry) {
  return entry.hits.load(std::memory_order_relaxed) >= lent_hits_min;
}

/// What is next, where it lies on pages of its own and is worth lending.
std::string_view lendable(const ContentWalk& walk) {
  const auto next = walk.next();
  return walk.piece().has_pages() && next.size() >= lent_bytes_min ? next : std::string_view{};
}

/// What comes next, for one write; up to what is worth lending, if that is to be lent.
std::size_t take(ContentWalk& walk, std::span<std::string_view> views, bool lends) {
  std::size_t count = 0, bytes = 0;
  while (!walk.ended() && count < views.size() && bytes < write_bytes_max) {
    if (lends && count > 0 && !lendable(walk).empty()) break;
    const auto view = views[count++] = walk.next().substr(0, write_bytes_max - bytes);
    bytes += view.size();
    walk.pass(view.size());
  }
  return count;
}

/// With some of `pages` in it, or none.
Pipe lend(runtime::Loop& loop, Content& content, std::string_view pages) {
  Pipe pipe = loop.pipes().take();
  if (!pipe || pipe.lend(pages) == 0) return {};
  content.lent.store(true, std::memory_order_relaxed);
  return pipe;
}

}  // namespace

bool begins_with_lendable(const Entry& entry) {
  return has_hits(entry) && entry.content->first != nullptr && entry.content->first->has_pages();
}

Task<Result<void>> send_content(runtime::Loop& loop, const Entry& entry, ByteRange range,
                                http::Last last, http::Responder& to, runtime::Budget& writes) {
  std::array<std::string_view, http::Responder::pieces_max> views;
  const bool may_lend = has_hits(entry);
  for (ContentWalk walk(*entry.content, range); !walk.ended();) {
    const bool lends = may_lend && to.takes_pipes();
    Pipe pipe;
    if (const auto pages = lendable(walk); lends && !pages.empty())
      pipe = lend(loop, *entry.content, pages);
    std::size_t count = 0;
    if (pipe)
      walk.pass(pipe.held());
    else
      count = take(walk, views, lends);
    const auto here = walk.ended() ? last : http::Last::no;
    const int steps = pipe ? 1 : steps_of_write;
    Result<void> sent;
    if (pipe)
      sent = co_await to.write_piped(pipe, here);
    else
      sent = co_await to.write_pieces(std::span(views).first(count), here);
    if (!sent) co_return sent;
    if (writes.spend(steps)) co_await loop.breathe();
  }
  co_return Result<void>{};
}

}  // namespace minato::cache
