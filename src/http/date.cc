#include "http/date.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/strings.h"

namespace minato::http {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_day_names = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void write_two_digits(char* to, int number) {
  to[0] = static_cast<char>('0' + number / 10);
  to[1] = static_cast<char>('0' + number % 10);
}

void write_name(char* to, std::string_view name) { std::memcpy(to, name.data(), name.size()); }

// RFC 9111 4.2: caches take names and GMT in any case.
bool begins_with(std::string_view text, std::string_view expected) {
  return iequals(text.substr(0, expected.size()), expected);
}

// Reads a date from its front; once something did not fit, `ok` stays false and the rest is void.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    ok_ &= begins_with(rest_, expected);
    if (ok_) rest_.remove_prefix(expected.size());
  }
  void day_name() { name(day_names); }
  void long_day_name() { name(long_day_names); }
  void month() { month_ = name(month_names) + 1; }
  void day() { day_ = number(2); }
  void space_padded_day() {
    if (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
      day_ = number(1);
    } else {
      day_ = number(2);
    }
  }
  void year() { year_ = static_cast<int>(number(4)); }
  void short_year() { year_ = static_cast<int>(number(2)); }
  void time() {
    const unsigned hours = number(2);
    literal(":");
    const unsigned minutes = number(2);
    literal(":");
    const unsigned seconds = number(2);
    ok_ &= hours < 24 && minutes < 60 && seconds <= 60;  // 60: a leap second
    time_ = std::chrono::hours(hours) + std::chrono::minutes(minutes) + Seconds(seconds);
  }

  /// Nothing where a part did not fit, something is left over, or there is no such day.
  std::optional<FieldDate> moment(int century = 0) const {
    const year_month_day date{std::chrono::year(century + year_), std::chrono::month(month_),
                              std::chrono::day(day_)};
    if (!ok_ || !rest_.empty() || !date.ok()) return std::nullopt;
    return FieldDate(std::chrono::sys_days(date)) + time_;
  }

 private:
  template <std::size_t n>
  unsigned name(const std::array<std::string_view, n>& names) {
    const auto* const found = std::ranges::find_if(
        names, [&](std::string_view name) { return begins_with(rest_, name); });
    ok_ &= found != names.end();
    if (!ok_) return 0;
    rest_.remove_prefix(found->size());
    return static_cast<unsigned>(found - names.begin());
  }
  unsigned number(std::size_t digits) {
    const auto text = rest_.substr(0, digits);
    ok_ &= text.size() == digits && std::ranges::all_of(text, is_digit);
    if (!ok_) return 0;
    rest_.remove_prefix(digits);
    return *parse_number<unsigned>(text);
  }

  std::string_view rest_;
  int year_ = 0;
  unsigned month_ = 0;
  unsigned day_ = 0;
  Seconds time_{0};
  bool ok_ = true;
};

// Sun, 06 Nov 1994 08:49:37 GMT
std::optional<FieldDate> parse_imf_fixdate(std::string_view text) {
  DateReader read(text);
  read.day_name(), read.literal(", ");
  read.day(), read.literal(" ");
  read.month(), read.literal(" ");
  read.year(), read.literal(" ");
  read.time(), read.literal(" GMT");
  return read.moment();
}

// Sunday, 06-Nov-94 08:49:37 GMT
std::optional<FieldDate> parse_rfc850(std::string_view text, FieldDate now) {
  DateReader read(text);
  read.long_day_name(), read.literal(", ");
  read.day(), read.literal("-");
  read.month(), read.literal("-");
  read.short_year(), read.literal(" ");
  read.time(), read.literal(" GMT");

  const year_month_day today(floor<days>(now));
  const int this_century = static_cast<int>(today.year()) / 100 * 100;
  const FieldDate latest =
      std::chrono::sys_days(today + std::chrono::years(50)) + (now - floor<days>(now));
  for (const int century : {this_century + 100, this_century, this_century - 100}) {
    const auto moment = read.moment(century);
    if (moment && *moment <= latest) return moment;
  }
  return std::nullopt;
}

// Sun Nov  6 08:49:37 1994
std::optional<FieldDate> parse_asctime(std::string_view text) {
  DateReader read(text);
  read.day_name(), read.literal(" ");
  read.month(), read.literal(" ");
  read.space_padded_day(), read.literal(" ");
  read.time(), read.literal(" ");
  read.year();
  return read.moment();
}

}  // namespace

std::string_view write_date(FieldDate moment, std::span<char, date_bytes> to) {
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const std::chrono::hh_mm_ss time(moment - day);
  char* const text = to.data();
  write_name(text, "???, ?? ??? ???? ??:??:?? GMT");
  write_name(text, day_names[std::chrono::weekday(day).c_encoding()]);
  write_two_digits(text + 5, static_cast<int>(static_cast<unsigned>(date.day())));
  write_name(text + 8, month_names[static_cast<unsigned>(date.month()) - 1]);
  write_two_digits(text + 12, static_cast<int>(date.year()) / 100);
  write_two_digits(text + 14, static_cast<int>(date.year()) % 100);
  write_two_digits(text + 17, static_cast<int>(time.hours().count()));
  write_two_digits(text + 20, static_cast<int>(time.minutes().count()));
  write_two_digits(text + 23, static_cast<int>(time.seconds().count()));
  return {text, date_bytes};
}

std::optional<FieldDate> parse_date(std::string_view text, FieldDate now) {
  if (text.size() == date_bytes && text[3] == ',') return parse_imf_fixdate(text);
  return text.contains(',') ? parse_rfc850(text, now) : parse_asctime(text);
}

}  // namespace minato::http
