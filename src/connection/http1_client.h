// The client side of HTTP/1.1: one connection to an origin, and the calls made on it one after
// another.
#pragma once

#include <memory>
#include <optional>

#include "connection/body_reader.h"
#include "connection/call.h"
#include "connection/message_writer.h"
#include "connection/raw_bytes.h"
#include "http1/head_parser.h"

namespace minato::connection {

/// Thread: the stream's.
/// Owns:   the stream. Between calls it owns no buffer.
class Http1Client final : public Call {
 public:
  explicit Http1Client(std::unique_ptr<net::Stream> stream);

  struct Terms {
    http::ResponseHead& response;  ///< filled by read_head
    const http::BodyRules& rules;
    std::size_t head_bytes_max = 64u << 10;
  };
  /// Begins a call. What `terms` refers to lives until `end`.
  void begin(const Terms& terms);
  /// Gives the buffers back: the connection is idle now, or to be destroyed.
  void end();

  Result<void> start(const http::RequestHead& head, http::BodyLength length) override;
  Soon<Result<void>> write(std::string_view piece, http::Last last) override;
  Soon<Result<void>> finish(const http::Fields* trailers) override;
  bool takes_pipes() const override { return writer_.takes_pipes(); }
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last) override {
    return writer_.write_piped(pipe, last, call_->terms.rules.idle);
  }
  Task<Result<void>> read_head(Instant until) override;
  bool received_any() const override { return received_any_; }
  /// The kernel took a byte of this call: the origin may have seen it.
  bool sent_any() const { return stream_->bytes_written() != written_before_; }
  http::BodyLength body_length() const override { return call_->body.length(); }
  Soon<Result<std::string_view>> read_body() override { return call_->body.read(); }
  std::uint64_t unseen() const override { return call_->body.unseen(); }
  Soon<Result<Pipe>> read_piped() override { return call_->body.read_piped(); }
  bool body_ended() const override { return call_->body.complete(); }
  const http::Fields& trailers() const override { return call_->trailers; }
  Soon<Result<std::string_view>> read_raw() override { return raw_.read(); }
  Soon<Result<void>> write_raw(std::string_view piece, Millis idle) override {
    return raw_.write(piece, idle);
  }
  void end_writing() override { stream_->end_writing(); }
  void abort(Error error) override { stream_->abort(error); }

  /// The call ended cleanly on both sides, nothing surplus came, and the origin keeps the
  /// connection (RFC 9112 9.3). Ask before `end`.
  bool reusable() const;
  /// How long the origin said that it keeps an idle connection.
  std::optional<Seconds> idle_limit() const { return idle_limit_; }
  net::Stream& stream() { return *stream_; }
  std::uint32_t calls() const { return calls_; }

 private:
  /// What lives as long as one call.
  struct Current {
    Current(net::Stream& stream, ReceiveBuffer& buffer, const Terms& with);
    Terms terms;
    http1::ResponseParser parser;
    BodyReader body;
    http::Fields trailers;
    http::Method method = http::Method::other;
    bool final_head = false;
    bool keep_alive = false;
  };
  Result<void> accept_head();

  std::unique_ptr<net::Stream> stream_;
  ReceiveBuffer buffer_;
  MessageWriter writer_;
  RawBytes raw_;
  std::optional<Current> call_;
  std::optional<Seconds> idle_limit_;
  std::uint32_t calls_ = 0;
  std::uint64_t written_before_ = 0;
  bool received_any_ = false;
};

}  // namespace minato::connection
