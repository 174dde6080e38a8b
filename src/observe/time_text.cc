#include "observe/time_text.h"

#include <ctime>

#include "observe/line_writer.h"

namespace minato::observe {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// A moment taken apart, in whatever zone it was shifted to.
struct Civil {
  explicit Civil(sys_seconds at)
      : date(floor<days>(at)),
        clock(at - floor<days>(at)),
        year(static_cast<std::uint64_t>(static_cast<int>(date.year()))),
        month(static_cast<unsigned>(date.month())),
        day(static_cast<unsigned>(date.day())) {}

  year_month_day date;
  hh_mm_ss<seconds> clock;
  std::uint64_t year;
  unsigned month, day;
};

void put_clock(LineWriter& out, const hh_mm_ss<seconds>& clock) {
  out.padded(static_cast<std::uint64_t>(clock.hours().count()), 2);
  out.put(':');
  out.padded(static_cast<std::uint64_t>(clock.minutes().count()), 2);
  out.put(':');
  out.padded(static_cast<std::uint64_t>(clock.seconds().count()), 2);
}

void put_common(LineWriter& out, const Civil& local, Seconds offset) {
  out.padded(local.day, 2);
  out.put('/');
  out.put(months[local.month - 1]);
  out.put('/');
  out.padded(local.year, 4);
  out.put(':');
  put_clock(out, local.clock);
  out.put(offset < 0s ? " -" : " +");
  const auto away = static_cast<std::uint64_t>(abs(duration_cast<minutes>(offset)).count());
  out.padded(away / 60 * 100 + away % 60, 4);
}

void put_rfc3339(LineWriter& out, const Civil& utc) {
  out.padded(utc.year, 4);
  out.put('-');
  out.padded(utc.month, 2);
  out.put('-');
  out.padded(utc.day, 2);
  out.put('T');
  put_clock(out, utc.clock);
  out.put(".000Z");
}

}  // namespace

Seconds local_offset(sys_seconds at) {
  const std::time_t moment = at.time_since_epoch().count();
  std::tm local{};
  return localtime_r(&moment, &local) == nullptr ? 0s : Seconds(local.tm_gmtoff);
}

// localtime_r takes a lock of the whole process. No zone changes but at a quarter of an hour, so
// that it is asked once for each.
Seconds TimeText::offset_at(Second second) {
  const Second quarter = floor<duration<std::int64_t, std::ratio<900>>>(second);
  if (quarter != quarter_) {
    offset_ = offset_of_(quarter);
    quarter_ = quarter;
  }
  return offset_;
}

void TimeText::refresh(Second second) {
  if (second == second_) return;
  second_ = second;
  const Seconds offset = offset_at(second);
  LineWriter common(common_), rfc3339(rfc3339_);
  put_common(common, Civil(second + offset), offset);
  put_rfc3339(rfc3339, Civil(second));
}

std::string_view TimeText::common(WallTime time) {
  refresh(floor<seconds>(time));
  return {common_.data(), common_.size()};
}

std::string_view TimeText::rfc3339(WallTime time) {
  const Second second = floor<seconds>(time);
  refresh(second);
  const auto millis = static_cast<std::uint64_t>(floor<milliseconds>(time - second).count());
  LineWriter(std::span(rfc3339_).subspan(20, 3)).padded(millis, 3);
  return {rfc3339_.data(), rfc3339_.size()};
}

}  // namespace minato::observe
