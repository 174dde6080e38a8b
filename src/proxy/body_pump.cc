#include "proxy/body_pump.h"

#include "proxy/body_mover.h"
#include "proxy/forwarding.h"
#include "runtime/budget.h"

namespace minato::proxy {

using connection::Call;
using http::Last;

Task<void> BodyPump::run(Call& call, Attempt& attempt) {
  runtime::Budget pieces(loop_, pieces_in_a_row);
  for (;;) {
    const auto piece = co_await next_piece(call, attempt);
    if (!piece) co_return give_up(call, attempt, piece.error());
    if (piece->empty()) co_return co_await finish(call, attempt);
    const bool ends = request_.body.ended() && request_.body.trailers().count() == 0;
    const Last last = ends ? Last::yes : Last::no;
    const auto written = co_await call.write(*piece, last);
    if (ends || !written) break;
    if (is_worth_moving(request_.body, call)) {
      attempt.body_repeatable = false;
      const Moved moved = co_await move_body(loop_, request_.body, call);
      if (moved.kind == Moved::Kind::not_read) co_return give_up(call, attempt, moved.error);
      if (moved.kind != Moved::Kind::no_pipe) break;
    }
    if (pieces.spend(pieces_of(piece->size()))) co_await loop_.breathe();
  }
  attempt.sent = loop_.now();
}

void BodyPump::give_up(Call& call, Attempt& attempt, const Error& error) {
  attempt.client_failed = downstream_failure(error);
  call.abort({Fault::cancelled, Side::downstream, 0, "the request broke off"});
}

Task<void> BodyPump::finish(Call& call, Attempt& attempt) {
  http::Fields trailers(request_.arena);
  forward_trailers(request_.body.trailers(),
                   request_.head.fields.combined(http::FieldId::connection), request_id_, trailers);
  (void)co_await call.finish(&trailers);
  attempt.sent = loop_.now();
}

/// The first piece again where an earlier attempt had no more than that.
Task<Result<std::string_view>> BodyPump::next_piece(Call& call, Attempt& attempt) {
  if (pieces_read_ == 1 && !attempt.first_piece_sent) {
    attempt.first_piece_sent = true;
    co_return first_piece_;
  }
  const bool first = pieces_read_ == 0;
  attempt.body_repeatable = first;  // reading on gives the memory of the first piece away
  auto next = request_.body.read();
  if (!next.ready()) {
    (void)co_await call.write({}, Last::no);  // the head, while the body is awaited
    attempt.head_sent = loop_.now();
  }
  const auto piece = co_await next;
  if (!piece) co_return piece;
  ++pieces_read_;
  attempt.first_piece_sent = true;
  if (first) first_piece_ = *piece;
  co_return piece;
}

}  // namespace minato::proxy
