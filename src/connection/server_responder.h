// The way back to a client: adds what belongs to the connection (framing, Date, Connection) and
// writes the rest as the handler gave it.
#pragma once

#include "connection/date_cache.h"
#include "connection/message_writer.h"
#include "connection/raw_bytes.h"
#include "connection/receive_buffer.h"
#include "connection/server_body.h"

namespace minato::connection {

class ServerConnection;

/// The upgraded connection of one exchange.
class ServerTunnel final : public http::Tunnel {
 public:
  ServerTunnel(net::Stream& stream, ReceiveBuffer& buffer, const http::BodyRules& rules)
      : stream_(stream), raw_(stream, buffer), rules_(rules) {}

  Soon<Result<std::string_view>> read() override { return raw_.read(); }
  Soon<Result<void>> write(std::string_view piece) override {
    return raw_.write(piece, rules_.tunnel_idle);
  }
  void end_writing() override { stream_.end_writing(); }
  std::uint64_t written_bytes() const { return raw_.written_bytes(); }

 private:
  net::Stream& stream_;
  RawBytes raw_;
  const http::BodyRules& rules_;
};

class ServerResponder final : public http::Responder {
 public:
  /// What the connection knows of the request and of itself.
  struct Terms {
    const http::RequestHead& request;
    const http::BodyRules& rules;
    const ServerConnection& connection;
  };

  ServerResponder(net::Stream& stream, ReceiveBuffer& buffer, ServerBody& body, DateCache& date,
                  const Terms& terms)
      : stream_(stream),
        body_(body),
        date_(date),
        terms_(terms),
        writer_(stream),
        tunnel_(stream, buffer, terms.rules) {}

  /// Whether the connection may go on after this response; no, unless said.
  void allow_keep_alive(bool allowed) { keep_alive_ = allowed; }

  Task<Result<void>> interim(const http::ResponseHead& head) override;
  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override;
  bool started() const override { return interim_underway_ || (status_ != 0 && writer_.begun()); }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override;
  Soon<Result<void>> write_pieces(std::span<const std::string_view> pieces,
                                  http::Last last) override;
  bool takes_pipes() const override { return writer_.takes_pipes(); }
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last) override {
    return writer_.write_piped(pipe, last, terms_.rules.idle);
  }
  Soon<Result<void>> flush() override { return writer_.flush(terms_.rules.idle); }
  Soon<Result<void>> finish(const http::Fields* trailers) override;
  Task<Result<http::Tunnel*>> upgrade(const http::ResponseHead& head) override;

  /// 0 until it has begun.
  std::uint16_t status() const { return writer_.begun() ? status_ : 0; }
  /// When the final response was begun; meaningless before.
  Instant started_at() const { return started_at_; }
  /// The whole response is with the kernel.
  bool complete() const { return writer_.complete(); }
  /// The response, as it was begun, leaves the connection fit for another request.
  bool keeps_alive() const { return keep_alive_ && !tunneled_; }
  bool tunneled() const { return tunneled_; }
  /// The end of the connection would be read as the end of the body.
  bool ends_by_close() const { return framing_.kind == BodyFraming::Kind::to_close; }
  std::uint64_t bytes() const { return writer_.bytes() + tunnel_.written_bytes(); }
  std::uint64_t body_bytes() const { return writer_.body_bytes() + tunnel_.written_bytes(); }

 private:
  BodyFraming framing_of(std::uint16_t status, http::BodyLength length) const;
  void write_framing(http1::HeadWriter& writer, std::uint16_t status,
                     http::BodyLength length) const;
  void write_date(http1::HeadWriter& writer, const http::ResponseHead& head) const;
  void write_connection_fields(http1::HeadWriter& writer, const http::ResponseHead& head) const;

  net::Stream& stream_;
  ServerBody& body_;
  DateCache& date_;
  Terms terms_;
  MessageWriter writer_;
  ServerTunnel tunnel_;
  BodyFraming framing_;
  Instant started_at_{};
  std::uint16_t status_ = 0;
  bool interim_underway_ = false;  // or broken off
  bool keep_alive_ = false;
  bool tunneled_ = false;
};

}  // namespace minato::connection
