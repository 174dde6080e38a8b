// The current time as a Date field wants it, composed once a second.
#pragma once

#include <array>
#include <string_view>

#include "http/date.h"

namespace minato::connection {

/// Thread: one worker's.
class DateCache {
 public:
  /// Good until the next call.
  std::string_view at(WallTime now) {
    const http::FieldDate second = http::field_date(now);
    if (second != second_) {
      second_ = second;
      http::write_date(second, text_);
    }
    return {text_.data(), text_.size()};
  }

 private:
  http::FieldDate second_{Seconds(-1)};
  std::array<char, http::date_bytes> text_{};
};

}  // namespace minato::connection
