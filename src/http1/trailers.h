// The trailer section behind a chunked body (RFC 9112 7.1.2) and what may stand in it (RFC
// 9110 6.5).
#pragma once

#include <cstddef>
#include <span>

#include "http/fields.h"
#include "http1/refusal.h"

namespace minato::http1 {

struct TrailerLimits {
  std::size_t bytes = 8u << 10;  ///< of the whole section
  std::size_t count = 64;
};

/// False for what would be believed without being part of the head: framing, routing, request
/// modifiers, authentication, content and response control (RFC 9110 6.5.1), and the fields that
/// tell of forwarding. Of the known names only those that their definitions allow pass; unknown
/// ones do, unless an origin that is called through CGI would take them for known ones.
bool may_be_trailer(const http::Field& field);

/// Gathers one section byte by byte, since its lines may arrive in different buffers. Lines are
/// copied into the arena of `fields`; a field that may not be a trailer is dropped.
class TrailerSection {
 public:
  TrailerSection(http::Fields& fields, const TrailerLimits& limits)
      : fields_(fields), limits_(limits) {}

  Progress take(char c);
  const char* detail() const { return detail_; }
  /// It was refused for its size alone.
  bool too_large() const { return too_large_; }

 private:
  Progress refuse(const char* detail);
  Progress refuse_size(const char* detail);
  Progress end_line();
  Progress take_field(std::string_view line);
  void push(char c);

  http::Fields& fields_;
  TrailerLimits limits_;
  std::span<char> room_;  // for the line that is being gathered
  std::size_t line_bytes_ = 0;
  std::size_t section_bytes_ = 0;
  std::size_t lines_ = 0;
  const char* detail_ = "";
  bool after_return_ = false;
  bool too_large_ = false;
};

}  // namespace minato::http1
