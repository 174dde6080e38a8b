#include "http/date.h"

#include <gtest/gtest.h>

#include <array>

namespace minato::http {
namespace {

using namespace std::chrono;

constexpr FieldDate now = sys_days(2026y / March / 1d) + 12h;
constexpr FieldDate example = sys_days(1994y / November / 6d) + 8h + 49min + 37s;

std::string written(FieldDate moment) {
  std::array<char, date_bytes> text;
  return std::string(write_date(moment, text));
}

// RFC 9110 5.6.7: the examples of the section.
TEST(Date, ReadsAllThreeForms) {
  EXPECT_EQ(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now), example);
  EXPECT_EQ(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now), example);
  EXPECT_EQ(parse_date("Sun Nov  6 08:49:37 1994", now), example);
}

// RFC 9111 4.2.
TEST(Date, TakesNamesInAnyCase) {
  EXPECT_EQ(parse_date("SUN, 06 nOV 1994 08:49:37 gmt", now), example);
  EXPECT_EQ(parse_date("sunday, 06-NOV-94 08:49:37 Gmt", now), example);
  EXPECT_EQ(parse_date("sun nov  6 08:49:37 1994", now), example);
}

TEST(Date, WritesTheFixedForm) {
  EXPECT_EQ(written(example), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(written(FieldDate{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(written(sys_days(9999y / December / 31d) + 23h + 59min + 59s),
            "Fri, 31 Dec 9999 23:59:59 GMT");
  EXPECT_EQ(field_date(WallTime(example) + 999ms), example);
}

TEST(Date, WritesWhatItReads) {
  for (auto moment = FieldDate{}; moment < now; moment += 86399s * 37)
    EXPECT_EQ(parse_date(written(moment), now), moment);
}

TEST(Date, AYearOfTwoDigitsIsAtMostFiftyYearsAhead) {
  EXPECT_EQ(parse_date("Sunday, 01-Mar-76 00:00:00 GMT", now), sys_days(2076y / March / 1d));
  EXPECT_EQ(parse_date("Tuesday, 01-Mar-77 00:00:00 GMT", now), sys_days(1977y / March / 1d));
  EXPECT_EQ(parse_date("Monday, 01-Mar-05 00:00:00 GMT", sys_days(2095y / January / 1d)),
            sys_days(2105y / March / 1d));
  EXPECT_EQ(parse_date("Tuesday, 29-Feb-00 00:00:00 GMT", sys_days(2095y / January / 1d)),
            sys_days(2000y / February / 29d));  // 2100 has no such day
}

TEST(Date, TakesALeapSecondAndAWrongDayName) {
  EXPECT_EQ(parse_date("Sat, 31 Dec 2016 23:59:60 GMT", now), sys_days(2017y / January / 1d));
  EXPECT_TRUE(parse_date("Mon, 26 Jul 1997 05:00:00 GMT", now));  // a Saturday, and in wide use
}

TEST(Date, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* const text : {"",
                                 "0",
                                 "-1",
                                 "Sun",
                                 "Sun, 06 Nov 1994 08:49:37",
                                 "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sun, 06 Nov 1994 08:49:37 GMT ",
                                 " Sun, 06 Nov 1994 08:49:37 GMT",
                                 "Sun,  6 Nov 1994 08:49:37 GMT",
                                 "Sun, 6 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 94 08:49:37 GMT",
                                 "Sun, 31 Feb 1994 08:49:37 GMT",
                                 "Sun, 00 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:00:00 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, 06 Nov 1994 8:49:37 GMT",
                                 "Sun, +6 Nov 1994 08:49:37 GMT",
                                 "Sunday, 06-Nov-1994 08:49:37 GMT",
                                 "Sun, 06-Nov-94 08:49:37 GMT",
                                 "Sun Nov 6 08:49:37 1994",
                                 "Sun Nov  6 08:49:37 1994 GMT",
                                 "Sun Nov 06 08:49:37 94",
                                 "1994-11-06T08:49:37Z"})
    EXPECT_FALSE(parse_date(text, now)) << text;
}

}  // namespace
}  // namespace minato::http
