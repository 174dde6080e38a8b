// Reads the heads of HTTP/1 messages (RFC 9112 2 to 5), strictly and incrementally, without
// copying.
//
// The caller owns one contiguous buffer that grows at its end. Every `feed` is given all of it; the
// parser remembers where it was, so that a head that arrives byte by byte costs linear time. The
// head that it fills is views into that buffer: if the buffer moves, `reset` and feed it from the
// start. Any split of the same bytes gives the same result. What two parsers could read differently
// is refused.
#pragma once

#include <cstddef>
#include <string_view>

#include "http/message.h"
#include "http1/field_line.h"
#include "http1/refusal.h"

namespace minato::http1 {

struct HeadLimits {
  std::size_t head_bytes = 64u << 10;  ///< from the first byte to the end of the empty line
  std::size_t field_count = 200;
  std::size_t target_bytes = 16u << 10;  ///< of a request
};

/// A method longer than this is one that nobody has (RFC 9112 3: 501).
inline constexpr std::size_t method_bytes_max = 64;
/// Empty lines tolerated before a request (RFC 9112 2.2 asks for one at least).
inline constexpr int empty_lines_max = 2;

namespace detail {

/// Cuts complete lines off a growing buffer.
class LineCutter {
 public:
  enum class Cut : std::uint8_t { line, need_more, too_long, bare_lf };

  /// The next line, without its CRLF. Its last byte must stand before offset `bound`.
  Cut next(std::string_view bytes, std::size_t bound, Line& line);
  std::size_t offset() const { return at_; }  ///< where the next line begins

 private:
  Cut cut(std::string_view bytes, std::size_t line_end, Line& line);

  std::size_t at_ = 0;
  std::size_t scanned_ = 0;  ///< no line feed in [at_, scanned_)
  bool plain_ = true;        ///< nor another control character
};

}  // namespace detail

/// Fills a RequestHead. Detects all that RFC 9112 3 and 9110 7.2 refuse in a request head; framing
/// is the business of http1/framing.h.
///
/// Refusals: malformed_request, uri_too_long, head_too_large, version_not_supported and
/// method_not_implemented (CONNECT, a method that is too long). After one, the head holds what was
/// read so far, for the log.
class RequestParser {
 public:
  RequestParser(http::RequestHead& head, const HeadLimits& limits) : head_(head), limits_(limits) {}

  /// `bytes` is everything since the end of the previous message. Not called again once it did not
  /// answer need_more, unless reset.
  Progress feed(std::string_view bytes);

  /// Where the body begins in the buffer; good once done.
  std::size_t head_size() const { return lines_.offset(); }
  const Refusal& refusal() const { return refusal_; }
  /// True once a byte of a request line has come, rather than nothing or an empty line.
  bool started() const { return started_; }
  /// Begins anew, with an empty head: for the next message, or after the buffer moved.
  void reset();

 private:
  Progress refuse(http::Reason reason, const char* detail);
  Progress check_first_byte(std::string_view bytes);
  Progress refuse_long_line(std::string_view line);
  Progress take_line(const Line& line);
  Progress take_request_line(std::string_view line);
  Progress take_version(std::string_view text);
  Progress take_field(const Line& line);
  Progress take_host();
  Progress finish();
  std::size_t line_bound() const;

  http::RequestHead& head_;
  HeadLimits limits_;
  detail::LineCutter lines_;
  Refusal refusal_;
  int empty_lines_ = 0;
  bool started_ = false;
  bool in_fields_ = false;
};

/// Fills a ResponseHead (RFC 9112 4). Refusals: upstream_malformed, upstream_head_too_large.
class ResponseParser {
 public:
  ResponseParser(http::ResponseHead& head, const HeadLimits& limits)
      : head_(head), limits_(limits) {}

  /// As RequestParser::feed.
  Progress feed(std::string_view bytes);
  std::size_t head_size() const { return lines_.offset(); }
  const Refusal& refusal() const { return refusal_; }
  void reset();

 private:
  Progress refuse(const char* detail, http::Reason reason = http::Reason::upstream_malformed);
  Progress take_line(const Line& line);
  Progress take_status_line(std::string_view line);
  Progress take_field(const Line& line);
  Progress finish();

  http::ResponseHead& head_;
  HeadLimits limits_;
  detail::LineCutter lines_;
  Refusal refusal_;
  bool in_fields_ = false;
};

}  // namespace minato::http1
