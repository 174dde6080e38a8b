#include "proxy/body_mover.h"

#include "proxy/body_pump.h"
#include "runtime/budget.h"

namespace minato::proxy {
namespace {

/// Of less than this a pipe saves too little to be worth its calls: docs/performance.md.
constexpr std::uint64_t moved_bytes_min = 16u << 10;

Moved not_read(const Error& error) {
  const bool no_pipe = error.fault == Fault::resource && error.side == Side::local;
  return {no_pipe ? Moved::Kind::no_pipe : Moved::Kind::not_read, error};
}

}  // namespace

bool is_worth_moving(const http::PipeSource& from, const http::PipeSink& to) {
  return from.unseen() >= moved_bytes_min && to.takes_pipes();
}

Task<Moved> move_body(runtime::Loop& loop, http::PipeSource& from, http::PipeSink& to) {
  runtime::Budget pieces(loop, pieces_in_a_row);
  for (;;) {
    auto pipe = co_await from.read_piped();
    if (!pipe) co_return not_read(pipe.error());
    const int count = pieces_of(pipe->held());
    const http::Last last = from.unseen() == 0 ? http::Last::yes : http::Last::no;
    const auto written = co_await to.write_piped(*pipe, last);
    if (!written) co_return Moved{Moved::Kind::not_written, written.error()};
    if (last == http::Last::yes) co_return Moved{Moved::Kind::whole};
    if (pieces.spend(count)) co_await loop.breathe();
  }
}

}  // namespace minato::proxy
