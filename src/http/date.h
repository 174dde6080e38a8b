// Dates in fields (RFC 9110 5.6.7).
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"

namespace minato::http {

/// To the second, since that is what fields carry, and since years up to 9999 do not fit a
/// WallTime.
using FieldDate = std::chrono::sys_seconds;

/// The moment as a field would carry it: the second it lies in.
constexpr FieldDate field_date(WallTime moment) { return std::chrono::floor<Seconds>(moment); }

inline constexpr std::size_t date_bytes = 29;
/// Writes `Sun, 06 Nov 1994 08:49:37 GMT` and returns a view of it. The year is within 0 to 9999.
std::string_view write_date(FieldDate moment, std::span<char, date_bytes> to);

/// Any of the three forms, as the grammar has them but for the case of letters (RFC 9111 4.2);
/// nullopt for all else. The day name must be one, but need not fit the date: many a well-known
/// constant is wrong there. `now` settles the century of an RFC 850 date: what would lie more than
/// 50 years ahead is in the past.
std::optional<FieldDate> parse_date(std::string_view text, FieldDate now);

}  // namespace minato::http
