// Reads the body of one message from a stream, piece by piece, by its framing (RFC 9112 6).
#pragma once

#include <optional>
#include <string_view>

#include "base/soon.h"
#include "connection/receive_buffer.h"
#include "http/handler.h"
#include "http1/chunked.h"
#include "net/stream.h"

namespace minato::connection {

/// Thread:  the stream's. One message after another: `begin` for each.
/// Outlive: stream, buffer, trailers and rules live as long as the message.
class BodyReader {
 public:
  BodyReader(net::Stream& stream, ReceiveBuffer& buffer) : stream_(stream), buffer_(buffer) {}

  void begin(http::BodyLength length, const http::BodyRules& rules, http::Fields& trailers);
  /// The peer has a reason not to send yet: no time runs against it until `release`.
  void hold() { held_ = true; }
  /// Its time to send begins now.
  void release();

  /// The next bytes, good until the next call; empty at the end. Chunks that came together are one
  /// piece (RFC 9112 7.1: their bounds mean nothing). Does not wait where the buffer or the kernel
  /// has some already. The time of a read that is given up counts for the next: who asks
  /// again cannot prolong it. Errors: closed (the stream ended early), malformed, too_large,
  /// fields_too_large (its trailers), timed_out, reset; with the stream's side.
  Soon<Result<std::string_view>> read();

  /// How many bytes are left of a known length, none of which is in the buffer; otherwise 0.
  std::uint64_t unseen() const;
  /// Some of those, in a pipe. Otherwise as `read`. Errors: those of it, and resource (side local)
  /// where they are there and no pipe is left.
  Soon<Result<Pipe>> read_piped();

  http::BodyLength length() const { return length_; }
  bool complete() const { return complete_; }
  /// True where what is left is in the buffer already.
  bool buffered() const;
  /// The body bytes that `read` has given so far.
  std::uint64_t bytes() const { return bytes_; }

 private:
  using Piece = Result<std::string_view>;
  std::optional<Piece> take();
  std::optional<Piece> take_known();
  std::optional<Piece> take_chunked();
  std::optional<Piece> take_to_close();
  Piece give(std::string_view piece);
  Piece ended_early();
  Result<Pipe> give(Pipe pipe);
  Task<Result<Pipe>> wait_for_pipe();
  Piece refused() const;
  class Wait;
  Task<Piece> wait();
  void end_waiting();
  bool may_go_on(const Error& error);
  Instant deadline() const;
  bool too_slow() const;

  net::Stream& stream_;
  ReceiveBuffer& buffer_;
  const http::BodyRules* rules_ = nullptr;
  http::BodyLength length_;
  std::optional<http1::ChunkedDecoder> chunked_;
  std::uint64_t left_ = 0;  // where the length is known
  std::uint64_t bytes_ = 0;
  // Only the time in which the peer was waited for counts against it: not what whoever reads takes.
  Nanos waited_{0};
  Instant waiting_since_{};
  Nanos given_up_{0};  // of waits since the last byte
  bool held_ = false;
  bool complete_ = true;
};

}  // namespace minato::connection
