#include "connection/message_writer.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "connection/untaken.h"

namespace minato::connection {

using http::Last;
using Kind = BodyFraming::Kind;

namespace {

/// What follows a head and is no longer is copied behind it: the kernel takes more time for a
/// second piece than that costs.
constexpr std::size_t joined_bytes_max = 1024;

}  // namespace

void MessageWriter::Pieces::add(std::string_view piece) {
  if (!piece.empty()) items[count++] = {const_cast<char*>(piece.data()), piece.size()};
}

void MessageWriter::Pieces::join(std::size_t room) {
  std::size_t size = 0;
  for (const iovec& piece : all().subspan(1)) size += piece.iov_len;
  if (size > room) return;
  iovec& joined = items.front();
  for (const iovec& piece : all().subspan(1)) {
    std::memcpy(static_cast<char*>(joined.iov_base) + joined.iov_len, piece.iov_base,
                piece.iov_len);
    joined.iov_len += piece.iov_len;
  }
  count = 1;
}

std::optional<Result<void>> MessageWriter::check(const http1::HeadWriter& writer,
                                                 std::size_t room) {
  if (writer.failure() == http1::HeadWriter::Failure::not_writable)
    return fail(Fault::malformed, Side::local, "a head that cannot be written");
  if (room >= head_bytes_max) return fail(Fault::too_large, Side::local, "a head over 1 MiB");
  return std::nullopt;
}

Soon<Result<void>> MessageWriter::write(std::span<const std::string_view> body, Last last,
                                        Millis idle) {
  MINATO_ASSERT(body.size() <= http::Responder::pieces_max);
  std::size_t size = 0;
  for (const std::string_view piece : body) size += piece.size();
  Pieces pieces;
  pieces.add(head_);
  const bool framed = framing_.kind == Kind::chunked && size > 0;
  if (framing_.kind == Kind::known)
    if (auto fits = take_off(size, last); !fits) return fits;
  if (framed) {
    size_line_ = http1::ChunkSizeLine(size);
    pieces.add(size_line_.view());
  }
  if (framing_.kind == Kind::none)
    size = 0;
  else
    for (const std::string_view piece : body) pieces.add(piece);
  if (framed) pieces.add(http1::chunk_data_end);
  if (last == Last::yes) {
    if (framing_.kind == Kind::chunked) pieces.add(http1::last_chunk);
    ending_ = true;
  }
  return send(pieces, size, idle);
}

/// Of the length that was announced.
Result<void> MessageWriter::take_off(std::size_t bytes, Last last) {
  if (bytes > left_ || (last == Last::yes && bytes != left_))
    return fail(Fault::closed, Side::local, "the body is not as long as announced");
  left_ -= bytes;
  return {};
}

Soon<Result<void>> MessageWriter::write_piped(Pipe& pipe, Last last, Millis idle) {
  MINATO_ASSERT(takes_pipes());
  const std::size_t size = pipe.held();
  if (auto fits = take_off(size, last); !fits) return fits;
  ending_ = last == Last::yes;
  begun_ = true;
  bytes_ += head_.size() + size;
  body_bytes_ += size;
  Pieces pieces;
  pieces.add(head_);
  std::span<iovec> ahead = pieces.all();
  if ((ahead.empty() || stream_.write_now(ahead, net::More::yes)) && stream_.drain_now(pipe))
    return sent();
  return drain(ahead.empty() ? iovec{} : ahead.front(), pipe, idle);
}

/// What is left of them.
Task<Result<void>> MessageWriter::drain(iovec head, Pipe& pipe, Millis idle) {
  const std::size_t held = pipe.held();
  const Untaken untaken(stream_, head.iov_len + held, [&](auto bytes) { not_taken(bytes, held); });
  if (head.iov_len > 0) {
    const auto written = co_await stream_.write({&head, 1}, idle);
    if (!written) co_return std::unexpected(written.error());
  }
  const auto written = co_await stream_.drain(pipe, idle);
  if (!written) co_return std::unexpected(written.error());
  co_return sent();
}

Soon<Result<void>> MessageWriter::finish(const http::Fields* trailers, Millis idle) {
  if (framing_.kind == Kind::chunked && trailers != nullptr && trailers->count() > 0)
    return finish_with(*trailers, idle);
  return write(std::string_view{}, Last::yes, idle);
}

Soon<Result<void>> MessageWriter::finish_with(const http::Fields& trailers, Millis idle) {
  // The head, where nothing of the body has gone out, must not be lost: it goes first, by itself.
  if (!head_.empty()) {
    return [](MessageWriter& self, const http::Fields& lines, Millis limit) -> Task<Result<void>> {
      if (auto flushed = co_await self.flush(limit); !flushed) co_return flushed;
      co_return co_await self.finish_with(lines, limit);
    }(*this, trailers, idle);
  }
  auto composed =
      compose([&](http1::HeadWriter& writer) { http1::write_last_chunk(writer, trailers); });
  if (!composed) return composed;
  Pieces pieces;
  pieces.add(head_);
  ending_ = true;
  return send(pieces, 0, idle);
}

Soon<Result<void>> MessageWriter::send(Pieces& pieces, std::size_t body_size, Millis idle) {
  if (!head_.empty()) pieces.join(std::min(joined_bytes_max, head_block_.size() - head_.size()));
  for (const iovec& piece : pieces.all()) bytes_ += piece.iov_len;
  body_bytes_ += body_size;
  begun_ = true;
  std::span<iovec> rest = pieces.all();
  if (!gathers() && stream_.write_now(rest)) return sent();
  return send_rest(pieces, pieces.count - rest.size(), body_size, idle);
}

Task<Result<void>> MessageWriter::send_rest(Pieces pieces, std::size_t done, std::size_t body_size,
                                            Millis idle) {
  auto rest = pieces.all().subspan(done);
  std::size_t left = 0;
  for (const iovec& piece : rest) left += piece.iov_len;
  const Untaken untaken(stream_, left, [&](auto bytes) { not_taken(bytes, body_size); });
  if (gathers()) {
    co_await stream_.loop().gather();  // others compose theirs first
    if (stream_.write_now(rest)) co_return sent();
  }
  const auto written = co_await stream_.write(rest, idle);
  if (!written) co_return std::unexpected(written.error());
  co_return sent();
}

/// Behind the body stands what ends a chunk, and the last one.
void MessageWriter::not_taken(std::size_t bytes, std::size_t body_size) {
  std::size_t behind = 0;
  if (framing_.kind == Kind::chunked)
    behind = http1::chunk_data_end.size() + (ending_ ? http1::last_chunk.size() : 0);
  bytes_ -= bytes;
  body_bytes_ -= std::min(bytes - std::min(bytes, behind), body_size);
}

Result<void> MessageWriter::sent() {
  forget_head();
  complete_ = ending_;
  return {};
}

void MessageWriter::forget_head() {
  head_ = {};
  head_block_.release();
}

void MessageWriter::reset() {
  forget_head();
  framing_ = {};
  left_ = bytes_ = body_bytes_ = 0;
  begun_ = at_once_ = ending_ = complete_ = false;
}

}  // namespace minato::connection
