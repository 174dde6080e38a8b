// A body that the program need not see goes from one connection to the other by a pipe.
#pragma once

#include "http/piping.h"
#include "runtime/loop.h"

namespace minato::proxy {

/// How it went, and whose fault it was where it did not.
struct Moved {
  enum class Kind : std::uint8_t {
    whole,    ///< the rest of the body, with its end
    no_pipe,  ///< was left for all of it: the rest is to be copied, until there is one again
    not_read,
    not_written
  };
  Kind kind;
  Error error{};  ///< where not read, or not written
};

/// Whether what is left of the body is worth a pipe, where both sides can use one.
bool is_worth_moving(const http::PipeSource& from, const http::PipeSink& to);

/// Moves what is left of it. Bounds: what one pipe holds.
Task<Moved> move_body(runtime::Loop& loop, http::PipeSource& from, http::PipeSink& to);

}  // namespace minato::proxy
