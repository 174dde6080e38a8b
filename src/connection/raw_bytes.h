// An upgraded connection: bytes without framing, what came behind the head first.
#pragma once

#include <string_view>

#include "base/soon.h"
#include "connection/receive_buffer.h"
#include "net/stream.h"

namespace minato::connection {

/// No time runs against `read`: whoever reads has a deadline of his own.
/// Outlive: stream and buffer.
class RawBytes {
 public:
  RawBytes(net::Stream& stream, ReceiveBuffer& buffer) : stream_(stream), buffer_(buffer) {}

  /// The next bytes, good until the next call; empty at the end.
  Soon<Result<std::string_view>> read();
  /// `piece` lives until all of it is sent.
  Soon<Result<void>> write(std::string_view piece, Millis idle);
  /// What the kernel has taken.
  std::uint64_t written_bytes() const { return written_bytes_; }

 private:
  std::string_view take();
  Task<Result<std::string_view>> wait();
  Task<Result<void>> write_rest(std::string_view piece, Millis idle);

  net::Stream& stream_;
  ReceiveBuffer& buffer_;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace minato::connection
