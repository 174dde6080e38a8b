#include "connection/raw_bytes.h"

#include <array>

#include "connection/untaken.h"

namespace minato::connection {
namespace {

std::array<iovec, 1> as_iovec(std::string_view piece) {
  return {{{const_cast<char*>(piece.data()), piece.size()}}};
}

}  // namespace

Soon<Result<std::string_view>> RawBytes::read() {
  if (buffer_.empty()) return wait();
  return Result<std::string_view>(take());
}

std::string_view RawBytes::take() {
  const auto piece = buffer_.unread();
  buffer_.consume(piece.size());
  return piece;
}

Task<Result<std::string_view>> RawBytes::wait() {
  for (;;) {
    const auto count = stream_.read_now(buffer_.room_for_body());
    if (count && !*count) co_return std::unexpected(count->error());
    if (count) {
      buffer_.received(**count);
      co_return take();
    }
    buffer_.rest();
    const auto ready = co_await stream_.readable(never);
    if (!ready) co_return std::unexpected(ready.error());
  }
}

Soon<Result<void>> RawBytes::write(std::string_view piece, Millis idle) {
  written_bytes_ += piece.size();
  auto item = as_iovec(piece);
  std::span<iovec> rest(item);
  if (stream_.write_now(rest)) return Result<void>{};
  return write_rest(piece.substr(piece.size() - rest.front().iov_len), idle);
}

Task<Result<void>> RawBytes::write_rest(std::string_view piece, Millis idle) {
  const Untaken untaken(stream_, piece.size(), [this](auto bytes) { written_bytes_ -= bytes; });
  auto item = as_iovec(piece);
  co_return co_await stream_.write(item, idle);
}

}  // namespace minato::connection
