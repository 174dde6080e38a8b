#include "connection/server_responder.h"

#include "connection/server_connection.h"
#include "http/status.h"

namespace minato::connection {

using http::BodyLength;
using http::FieldId;
using http::Version;
using Kind = BodyFraming::Kind;

Task<Result<void>> ServerResponder::interim(const http::ResponseHead& head) {
  if (terms_.request.version == Version::http_1_0) co_return Result<void>{};  // RFC 9110 15.2
  if (head.status == 100) body_.continued();
  const auto composed = writer_.compose([&](http1::HeadWriter& writer) {
    writer.status_line(head.status, head.reason);
    writer.fields(head.fields);
    writer.end();
  });
  if (!composed) co_return composed;
  interim_underway_ = true;
  const auto sent = co_await writer_.flush(terms_.rules.idle);
  interim_underway_ = !sent;
  co_return sent;
}

Result<void> ServerResponder::start(const http::ResponseHead& head, BodyLength length) {
  framing_ = framing_of(head.status, length);
  // A client that still waits for 100 may send its body or not: what comes next cannot be told
  // apart.
  if (body_.awaits_continue() || ends_by_close()) keep_alive_ = false;
  // Asked as late as can be: a response that begins while we drain is the last of its connection.
  if (terms_.connection.must_close()) keep_alive_ = false;
  const auto composed = writer_.compose([&](http1::HeadWriter& writer) {
    writer.status_line(head.status, head.reason);
    for (const std::string_view lines : head.prepared) writer.lines(lines);
    writer.fields(head.fields);
    write_framing(writer, head.status, length);
    write_connection_fields(writer, head);
    writer.end();
  });
  if (!composed) return composed;
  status_ = head.status;
  started_at_ = stream_.loop().now();
  writer_.begin_body(framing_);
  return {};
}

/// RFC 9112 6: how the body goes to this client, whatever its framing was before.
BodyFraming ServerResponder::framing_of(std::uint16_t status, BodyLength length) const {
  if (terms_.request.method == http::Method::head || !http::may_have_content(status)) return {};
  switch (length.kind) {
    case BodyLength::Kind::none: return {.kind = Kind::known, .bytes = 0};
    case BodyLength::Kind::known: return {.kind = Kind::known, .bytes = length.bytes};
    case BodyLength::Kind::chunked:
    case BodyLength::Kind::to_close:
      return {.kind = terms_.request.version == Version::http_1_0 ? Kind::to_close : Kind::chunked};
  }
  std::unreachable();
}

/// RFC 9110 8.6: Content-Length describes a body that HEAD and 304 leave out, but never 204.
void ServerResponder::write_framing(http1::HeadWriter& writer, std::uint16_t status,
                                    BodyLength length) const {
  if (framing_.kind == Kind::chunked) writer.field(FieldId::transfer_encoding, "chunked");
  if (framing_.kind == Kind::known) writer.field(FieldId::content_length, framing_.bytes);
  const bool told_without_body = framing_.kind == Kind::none && status != 204;
  if (told_without_body && length.kind == BodyLength::Kind::known)
    writer.field(FieldId::content_length, length.bytes);
}

void ServerResponder::write_connection_fields(http1::HeadWriter& writer,
                                              const http::ResponseHead& head) const {
  write_date(writer, head);
  if (!keep_alive_)
    writer.field(FieldId::connection, "close");
  else if (terms_.request.version == Version::http_1_0)
    writer.field(FieldId::connection, "keep-alive");
}

/// RFC 9110 6.6.1.
void ServerResponder::write_date(http1::HeadWriter& writer, const http::ResponseHead& head) const {
  const bool has_date = !head.prepared.front().empty() || head.fields.has(FieldId::date);
  if (!has_date) writer.field(FieldId::date, date_.at(stream_.loop().wall()));
}

Soon<Result<void>> ServerResponder::write(std::string_view piece, http::Last last) {
  return writer_.write(piece, last, terms_.rules.idle);
}

Soon<Result<void>> ServerResponder::write_pieces(std::span<const std::string_view> pieces,
                                                 http::Last last) {
  return writer_.write(pieces, last, terms_.rules.idle);
}

Soon<Result<void>> ServerResponder::finish(const http::Fields* trailers) {
  return writer_.finish(trailers, terms_.rules.idle);
}

Task<Result<http::Tunnel*>> ServerResponder::upgrade(const http::ResponseHead& head) {
  const auto composed = writer_.compose([&](http1::HeadWriter& writer) {
    writer.status_line(head.status, head.reason);
    writer.fields(head.fields);
    writer.field(FieldId::connection, "Upgrade");
    writer.field(FieldId::upgrade, "websocket");
    write_date(writer, head);
    writer.end();
  });
  if (!composed) co_return std::unexpected(composed.error());
  status_ = head.status;
  started_at_ = stream_.loop().now();
  tunneled_ = true;
  const auto sent = co_await writer_.finish(nullptr, terms_.rules.idle);
  if (!sent) co_return std::unexpected(sent.error());
  co_return &tunnel_;
}

}  // namespace minato::connection
