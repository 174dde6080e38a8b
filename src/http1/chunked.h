// Decodes the chunked transfer coding (RFC 9112 7.1) in place: data comes out as views of the
// input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/fields.h"
#include "http1/trailers.h"

namespace minato::http1 {

struct ChunkedLimits {
  TrailerLimits trailers;
  /// Extension bytes beyond as many as there was data: what a stream of tiny chunks may waste.
  std::size_t extension_bytes = 16u << 10;
};

/// One body. It takes every byte it is given up to the end of the body, however they are split.
///
/// Trailers are copied into the arena of the given fields; those that RFC 9110 6.5.1 forbids are
/// dropped.
class ChunkedDecoder {
 public:
  enum class Step : std::uint8_t {
    need_more,  ///< `input` is used up
    data,       ///< `data()` is the next piece
    end,        ///< `input` begins behind the body now; said again if asked again
    refused,    ///< see `detail()`; said again if asked again
  };

  explicit ChunkedDecoder(http::Fields& trailers, const ChunkedLimits& limits = {})
      : trailers_(trailers, limits.trailers), extension_bytes_max_(limits.extension_bytes) {}

  /// Takes from the front of `input` up to the next event.
  Step next(std::string_view& input);

  /// A part of what was given to the last `next`; not empty after `data`.
  std::string_view data() const { return data_; }
  bool ended() const { return state_ == State::ended; }
  /// Static text; whose fault it is (400 or 502) the caller knows.
  const char* detail() const { return detail_; }
  /// Refused for the size of its trailers alone (431).
  bool trailers_too_large() const { return trailers_.too_large(); }
  /// How many bytes of data have come out.
  std::uint64_t data_bytes() const { return data_bytes_; }

 private:
  enum class State : std::uint8_t {
    size,
    blank,
    extension,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailers,
    ended,
    refused
  };
  Step take_data(std::string_view& input);
  void take_control(char c);
  void take_size(char c);
  void take_digit(int digit);
  void take_blank(char c);
  void take_extension(char c);
  void take_trailer(char c);
  void count_extension_byte();
  void end_size_line();
  void expect(char c, char wanted, State next, const char* fault);
  void refuse(const char* detail);

  TrailerSection trailers_;
  std::size_t extension_bytes_max_;
  std::uint64_t left_ = 0;  ///< of the chunk
  std::uint64_t data_bytes_ = 0;
  std::uint64_t extension_bytes_ = 0;
  std::string_view data_;
  const char* detail_ = "";
  State state_ = State::size;
  std::uint8_t digits_ = 0;
};

}  // namespace minato::http1
