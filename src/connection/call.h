// One exchange with an origin, whatever protocol carries it: what the proxy speaks to.
#pragma once

#include <string_view>

#include "base/soon.h"
#include "http/handler.h"

namespace minato::connection {

/// The request is sent and the response read, in any order and both at once.
///
/// Errors: side upstream. While `received_any` is false no byte of a response was seen, which is
/// what a decision to try again needs.
class Call : public http::PipeSource, public http::PipeSink {
 public:
  virtual ~Call() = default;

  /// Composes the head; it goes out with the first write or finish. `length` decides the framing.
  virtual Result<void> start(const http::RequestHead& head, http::BodyLength length) = 0;
  /// `piece` lives until it is sent.
  virtual Soon<Result<void>> write(std::string_view piece, http::Last last) = 0;
  virtual Soon<Result<void>> finish(const http::Fields* trailers) = 0;

  /// Fills the response head: with each interim response, then with the final one.
  virtual Task<Result<void>> read_head(Instant until) = 0;
  virtual bool received_any() const = 0;
  /// Of the final response.
  virtual http::BodyLength body_length() const = 0;
  /// The next bytes, good until the next call; empty at the end.
  virtual Soon<Result<std::string_view>> read_body() = 0;
  /// The last byte of it was given: no further piece comes, though trailers may.
  virtual bool body_ended() const = 0;
  virtual const http::Fields& trailers() const = 0;

  // After 101: raw bytes, those that came with the head first. No time runs against `read_raw`.
  virtual Soon<Result<std::string_view>> read_raw() = 0;
  virtual Soon<Result<void>> write_raw(std::string_view piece, Millis idle) = 0;
  virtual void end_writing() = 0;

  /// Makes what waits here fail soon, and all that follows.
  virtual void abort(Error error) = 0;
};

}  // namespace minato::connection
