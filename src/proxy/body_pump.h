// The request's body on its way to the origin, for as many attempts as it takes.
#pragma once

#include <algorithm>
#include <string_view>

#include "connection/call.h"
#include "connection/receive_buffer.h"
#include "proxy/verdict.h"
#include "runtime/loop.h"

namespace minato::proxy {

/// Pieces of a body or a tunnel that pass within one turn of the loop, before others get theirs.
inline constexpr int pieces_in_a_row = 32;

/// How many of those `bytes` at once count for.
constexpr int pieces_of(std::size_t bytes) {
  return std::max(1, static_cast<int>(bytes / connection::ReceiveBuffer::block_bytes));
}

/// Thread: the loop's.
/// Bounds: one piece. A body of which an origin has had no more than the first can be sent again.
class BodyPump {
 public:
  /// `request_id` names the field that no trailer may set.
  BodyPump(runtime::Loop& loop, http::Request& request, std::string_view request_id)
      : loop_(loop), request_(request), request_id_(request_id) {}

  /// Sends the body by `call`, and writes into `attempt` what becomes of it. An origin that takes
  /// no more of it may have answered already, so a failure to write ends this and nothing else; one
  /// to read aborts the call.
  Task<void> run(connection::Call& call, Attempt& attempt);

 private:
  Task<Result<std::string_view>> next_piece(connection::Call& call, Attempt& attempt);
  static void give_up(connection::Call& call, Attempt& attempt, const Error& error);
  Task<void> finish(connection::Call& call, Attempt& attempt);

  runtime::Loop& loop_;
  http::Request& request_;
  std::string_view request_id_;
  std::string_view first_piece_;  // good until a second is read
  std::uint64_t pieces_read_ = 0;
};

}  // namespace minato::proxy
