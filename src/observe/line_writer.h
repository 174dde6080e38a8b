// Writes text into room that the caller owns: no allocation, and never past the end.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace minato::observe {

class LineWriter {
 public:
  explicit LineWriter(std::span<char> room)
      : begin_(room.data()), at_(begin_), end_(begin_ + room.size()) {}

  void put(char c) {
    if (at_ == end_) return overflow();
    *at_++ = c;
  }
  void put(std::string_view text) {
    if (text.size() > left()) return overflow();
    if (text.empty()) return;  // memcpy takes no null
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void number(auto value) {
    const auto [end, code] = std::to_chars(at_, end_, value);
    if (code != std::errc{}) return overflow();
    at_ = end;
  }
  /// Exactly `digits` decimal digits, with zeros in front.
  void padded(std::uint64_t value, std::size_t digits) {
    if (digits > left()) return overflow();
    for (std::size_t i = digits; i-- > 0; value /= 10) at_[i] = static_cast<char>('0' + value % 10);
    at_ += digits;
  }

  /// True once something did not fit: what was written is of no use then.
  bool overflowed() const { return overflowed_; }
  std::size_t size() const { return static_cast<std::size_t>(at_ - begin_); }
  std::string_view view() const { return {begin_, size()}; }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  void overflow() {
    overflowed_ = true;
    end_ = at_;  // nothing shorter gets in behind the gap
  }

  char* begin_;
  char* at_;
  char* end_;
  bool overflowed_ = false;
};

}  // namespace minato::observe
