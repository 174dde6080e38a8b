#include "connection/http1_client.h"

#include "http1/connection_fields.h"
#include "http1/framing.h"

namespace minato::connection {

using http::BodyLength;
using http::FieldId;

namespace {

Error upstream_error(const http1::Refusal& refusal) {
  const bool too_large = refusal.reason == http::Reason::upstream_head_too_large;
  return {too_large ? Fault::fields_too_large : Fault::malformed, Side::upstream, 0,
          refusal.detail};
}

BodyFraming framing_of(BodyLength length) {
  switch (length.kind) {
    case BodyLength::Kind::none: return {};
    case BodyLength::Kind::known: return {.kind = BodyFraming::Kind::known, .bytes = length.bytes};
    default: return {.kind = BodyFraming::Kind::chunked};
  }
}

}  // namespace

Http1Client::Current::Current(net::Stream& stream, ReceiveBuffer& buffer, const Terms& with)
    : terms(with),
      parser(terms.response, {.head_bytes = terms.head_bytes_max}),
      body(stream, buffer),
      trailers(terms.response.fields.arena()) {}

Http1Client::Http1Client(std::unique_ptr<net::Stream> stream)
    : stream_(std::move(stream)),
      buffer_(stream_->loop().blocks()),
      writer_(*stream_),
      raw_(*stream_, buffer_) {}

void Http1Client::begin(const Terms& terms) {
  call_.emplace(*stream_, buffer_, terms);
  writer_.reset();
  received_any_ = false;
  written_before_ = stream_->bytes_written();
  ++calls_;
}

void Http1Client::end() {
  call_.reset();
  writer_.reset();
  buffer_.unpin();
}

Result<void> Http1Client::start(const http::RequestHead& head, BodyLength length) {
  call_->method = head.method;
  const auto composed = writer_.compose([&](http1::HeadWriter& writer) {
    writer.request_line(head.method_text, head.target.text);
    writer.fields(head.fields);
    if (length.kind == BodyLength::Kind::known)
      writer.field(FieldId::content_length, length.bytes);
    else if (length.kind != BodyLength::Kind::none)
      writer.field(FieldId::transfer_encoding, "chunked");
    writer.end();
  });
  writer_.begin_body(framing_of(length));
  // What cannot be asked again goes while the connection is as it was found.
  if (!http::is_idempotent(head.method)) writer_.send_at_once();
  return composed;
}

Soon<Result<void>> Http1Client::write(std::string_view piece, http::Last last) {
  return writer_.write(piece, last, call_->terms.rules.idle);
}

Soon<Result<void>> Http1Client::finish(const http::Fields* trailers) {
  return writer_.finish(trailers, call_->terms.rules.idle);
}

Task<Result<void>> Http1Client::read_head(Instant until) {
  if (call_->terms.response.status != 0) call_->parser.reset();  // behind an interim response
  for (;;) {
    switch (call_->parser.feed(buffer_.unread())) {
      case http1::Progress::done: co_return accept_head();
      case http1::Progress::refused:
        co_return std::unexpected(upstream_error(call_->parser.refusal()));
      case http1::Progress::need_more: break;
    }
    if (!buffer_.owns_memory()) {  // an origin that takes its time holds no block meanwhile
      const auto ready = co_await stream_->readable(until);
      if (!ready) co_return std::unexpected(ready.error());
    } else if (buffer_.room_for_head().empty()) {
      if (!buffer_.grow(call_->terms.head_bytes_max))
        co_return fail(Fault::fields_too_large, Side::upstream, "the head is over the limit");
      call_->parser.reset();
      continue;
    }
    const auto count = co_await stream_->read(buffer_.room_for_head(), until);
    if (!count) co_return std::unexpected(count.error());
    if (*count == 0)
      co_return fail(Fault::closed, Side::upstream,
                     "the connection ended before a whole head came");
    received_any_ = true;
    buffer_.received(*count);
    if (stream_->loop().is_crowded()) co_await stream_->loop().breathe();  // others receive, too
  }
}

Result<void> Http1Client::accept_head() {
  const http::ResponseHead& head = call_->terms.response;
  received_any_ = true;
  buffer_.consume(call_->parser.head_size());
  buffer_.pin();
  const auto length = http1::response_body_length(head, call_->method);
  if (!length) return std::unexpected(upstream_error(length.error()));
  if (head.interim()) return {};
  call_->body.begin(*length, call_->terms.rules, call_->trailers);
  call_->final_head = true;
  call_->keep_alive = http1::keep_alive(head) && length->kind != BodyLength::Kind::to_close;
  if (const auto limit = http1::keep_alive_timeout(head.fields)) idle_limit_ = limit;
  return {};
}

bool Http1Client::reusable() const {
  return call_ && call_->final_head && call_->keep_alive && call_->body.complete() &&
         writer_.complete() && buffer_.empty() && !stream_->broken();
}

}  // namespace minato::connection
