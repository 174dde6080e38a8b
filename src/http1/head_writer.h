// Writes heads and chunk framing (RFC 9112) into memory that the caller gives.
//
// What it writes is always a well-formed head: a name that is no token, or a value with a control
// character in it, is refused like a lack of room, so that no mistake elsewhere can split a
// message.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "http/fields.h"
#include "http/tokens.h"

namespace minato::http1 {

/// Appends to `room`. After a failure nothing more is written and `ok` stays false: check once, at
/// the end. Always HTTP/1.1, which is the version of the sender and not of the message (RFC
/// 9110 6.2).
class HeadWriter {
 public:
  enum class Failure : std::uint8_t { none, no_room, not_writable };

  explicit HeadWriter(std::span<char> room)
      : begin_(room.data()), at_(begin_), end_(begin_ + room.size()) {}

  /// `target` must hold TargetChars alone, at least one.
  void request_line(std::string_view method, std::string_view target);
  /// The target in two parts, such as a path and a query that begins with its '?'.
  void request_line(std::string_view method, std::string_view target, std::string_view more);
  /// 100 to 999. `reason` may be empty.
  void status_line(std::uint16_t status, std::string_view reason);

  /// One field line; the parts of its value stand one behind the other.
  template <std::convertible_to<std::string_view>... Parts>
  void field(std::string_view name, const Parts&... value) {
    if (!http::is_token(name)) return fail(Failure::not_writable);
    trusted_name(name, std::string_view(value)...);
  }
  template <std::convertible_to<std::string_view>... Parts>
  void field(http::FieldId id, const Parts&... value) {
    trusted_name(http::canonical_name(id), std::string_view(value)...);
  }
  void field(http::FieldId id, std::uint64_t number);
  /// Lines that a writer of these made before, each with its end.
  void lines(std::string_view text) { raw(text); }
  /// Every line that was not removed, in order.
  void fields(const http::Fields& fields);

  /// The line that begins the end of a chunked body: trailer fields and `end` follow.
  void last_chunk_line() { raw(std::string_view("0\r\n")); }
  /// The empty line.
  void end() { end_line(); }

  bool ok() const { return failure_ == Failure::none; }
  Failure failure() const { return failure_; }
  std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  static constexpr std::string_view line_end = "\r\n";

  /// `name` was found to be a token before: when it was read, or when it was compiled.
  template <class... Parts>
  void trusted_name(std::string_view name, Parts... value) {
    if (!(http::is_field_value(value) && ...)) return fail(Failure::not_writable);
    raw(name, std::string_view(": "), value..., line_end);
  }
  void end_line() { raw(line_end); }
  /// All of the parts, or none where they do not fit.
  template <class... Parts>
  void raw(Parts... parts) {
    const std::size_t size = (parts.size() + ... + 0);
    if (!ok()) return;
    if (size > static_cast<std::size_t>(end_ - at_)) return fail(Failure::no_room);
    (put(parts), ...);
  }
  void put(std::string_view text) {
    if (!text.empty()) std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  /// The first failure is the one that is told.
  void fail(Failure failure) {
    if (ok()) failure_ = failure;
  }

  char* begin_;
  char* at_;
  char* end_;
  Failure failure_ = Failure::none;
};

/// The line that begins a chunk of `bytes` bytes, which is not 0: a chunk of none is the last.
class ChunkSizeLine {
 public:
  explicit ChunkSizeLine(std::uint64_t bytes);
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 18> text_;
  std::uint8_t size_;
};

inline constexpr std::string_view chunk_data_end = "\r\n";
/// The end of a chunked body without trailers.
inline constexpr std::string_view last_chunk = "0\r\n\r\n";
/// The end of a chunked body with trailers: "0", the fields, an empty line.
void write_last_chunk(HeadWriter& writer, const http::Fields& trailers);

}  // namespace minato::http1
