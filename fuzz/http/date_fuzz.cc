// Dates: what is read is written the same, and one moment is read alike in each of its three forms.
#include "http/date.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"
#include "support.h"

using namespace minato;
using http::FieldDate;

namespace {

using std::chrono::sys_days;
using std::chrono::year;

constexpr FieldDate now = sys_days(year(2026) / 1 / 1);
constexpr FieldDate from = sys_days(year(0) / 1 / 1);
constexpr FieldDate until = sys_days(year(10000) / 1 / 1);

std::string with_case(std::string_view text, auto change) {
  std::string changed(text);
  std::ranges::transform(changed, changed.begin(), change);
  return changed;
}

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

void check_text(std::string_view text) {
  const auto date = http::parse_date(text, now);
  // RFC 9111 4.2: in any case.
  fuzz::require(http::parse_date(with_case(text, to_lower), now) == date, "small letters do");
  fuzz::require(http::parse_date(with_case(text, to_upper), now) == date, "so do capitals");
  // A leap second at the end of the year 9999 would need a fifth digit.
  if (!date || *date >= until) return;
  std::array<char, http::date_bytes> room;
  fuzz::require(http::parse_date(http::write_date(*date, room), now) == date,
                "a date is read as it is written");
}

/// As another program writes it.
std::string written(FieldDate moment, const char* form) {
  return fmt::format(fmt::runtime(fmt::format("{{:{}}}", form)),
                     fmt::gmtime(static_cast<std::time_t>(moment.time_since_epoch().count())));
}

void check_moment(FieldDate moment) {
  std::array<char, http::date_bytes> room;
  const auto own = http::write_date(moment, room);
  fuzz::require(http::parse_date(own, now) == moment, "what is written is read");
  if (moment < FieldDate(sys_days(year(1000) / 1 / 1))) return;  // fmt pads no year
  fuzz::require_same(own, written(moment, "%a, %d %b %Y %H:%M:%S GMT"));
  fuzz::require(http::parse_date(written(moment, "%a %b %e %H:%M:%S %Y"), now) == moment,
                "asctime is the same moment");
  // RFC 9110 5.6.7: two digits of the year, so that it is at most 50 years ahead.
  const auto read = http::parse_date(written(moment, "%A, %d-%b-%y %H:%M:%S GMT"), now);
  const FieldDate latest = sys_days(year(2076) / 1 / 1);
  const bool near = moment <= latest && moment > FieldDate(sys_days(year(1976) / 1 / 1));
  fuzz::require(!read || *read <= latest, "not more than 50 years ahead");
  fuzz::require(!near || read == moment, "RFC 850's is the same moment where it is near");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  check_text(text);
  const auto span = static_cast<std::size_t>((until - from).count());
  check_moment(from + Seconds(fuzz::pick(text, span)));
  const auto near = static_cast<std::size_t>((now - FieldDate{}).count()) * 2;
  check_moment(FieldDate{} + Seconds(fuzz::pick(text, near)));
  return 0;
}
