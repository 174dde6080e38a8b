#include "cache/send_content.h"

#include <algorithm>
#include <array>

#include "base/assert.h"

namespace minato::cache {
namespace {

/// Less than that is copied at less cost: docs/performance.md.
constexpr std::size_t lent_bytes_min = 64u << 10;

/// With some of the bytes from `first` on in it, or none.
Pipe lend(runtime::Loop& loop, Content& content, std::uint64_t first, std::uint64_t last,
          const http::Responder& to) {
  if (last - first < lent_bytes_min - 1 || !to.takes_pipes()) return {};
  const std::string_view pages = pages_of(content, first, last);
  if (pages.size() < lent_bytes_min) return {};
  Pipe pipe = loop.pipes().take();
  if (!pipe) return {};
  content.lent.store(true, std::memory_order_relaxed);
  return pipe.lend(pages) > 0 ? std::move(pipe) : Pipe();
}

}  // namespace

bool may_be_lent(const Content& content, const http::Responder& to) {
  return content.first != nullptr && content.first->has_pages() && to.takes_pipes();
}

Task<Result<void>> send_content(runtime::Loop& loop, Content& content, ByteRange range,
                                http::Last last, http::Responder& to, runtime::Budget& writes) {
  std::array<std::string_view, http::Responder::pieces_max> views;
  const auto last_if_all = [&](std::uint64_t next) {
    return next > range.last ? last : http::Last::no;
  };
  for (std::uint64_t at = range.first; at <= range.last;) {
    Result<void> sent;
    if (Pipe pipe = lend(loop, content, at, range.last, to)) {
      at += pipe.held();
      sent = co_await to.write_piped(pipe, last_if_all(at));
    } else {
      const std::uint64_t end = std::min(range.last, at + write_bytes_max - 1);
      const std::size_t count = views_of(content, at, end, views);
      MINATO_ASSERT(count > 0);
      sent = co_await to.write_pieces(std::span(views).first(count), last_if_all(at));
    }
    if (!sent) co_return sent;
    if (writes.spend()) co_await loop.breathe();
  }
  co_return Result<void>{};
}

}  // namespace minato::cache
