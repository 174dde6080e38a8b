#include "cache/send_content.h"

#include <array>

#include "base/assert.h"

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

/// Goes through a body, from its first byte that is to be sent to the last.
class Walk {
 public:
  Walk(const Content& content, ByteRange range)
      : piece_(content.first), offset_(range.first), left_(range.size()) {
    while (offset_ >= piece_->size) step();
  }
  bool ended() const { return left_ == 0; }

  /// What is left of a piece with pages of its own, if that is worth lending.
  std::string_view pages() const {
    const auto text = here();
    return piece_->has_pages() && text.size() >= lent_bytes_min ? text : std::string_view{};
  }
  void pass(std::size_t bytes) {
    offset_ += bytes, left_ -= bytes;
    while (left_ > 0 && offset_ == piece_->size) step();
  }
  /// What comes next, for one write; up to what is worth lending, if that is to be lent.
  std::size_t take(std::span<std::string_view> views, bool lends) {
    std::size_t count = 0, bytes = 0;
    while (left_ > 0 && count < views.size() && bytes < write_bytes_max) {
      if (lends && count > 0 && !pages().empty()) break;
      const auto view = views[count++] = here().substr(0, write_bytes_max - bytes);
      bytes += view.size();
      pass(view.size());
    }
    return count;
  }

 private:
  std::string_view here() const { return piece_->text().substr(offset_, left_); }
  void step() {
    offset_ -= piece_->size;
    piece_ = piece_->next;
  }

  const Piece* piece_;
  std::uint64_t offset_;  // in the piece
  std::uint64_t left_;
};

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
  for (Walk walk(*entry.content, range); !walk.ended();) {
    const bool lends = may_lend && to.takes_pipes();
    Pipe pipe;
    if (const auto pages = walk.pages(); lends && !pages.empty())
      pipe = lend(loop, *entry.content, pages);
    std::size_t count = 0;
    if (pipe)
      walk.pass(pipe.held());
    else
      count = walk.take(views, lends);
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
