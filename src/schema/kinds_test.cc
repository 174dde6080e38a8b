#include "schema/kinds.h"

#include <gtest/gtest.h>

#include "schema/scalar.h"

namespace minato::schema {
namespace {

template <class V>
struct Row {
  std::string_view text;
  V value;
};

/// Every text of the rows is its value, and the value is shown as text that reads back as itself.
template <class V>
void expect_values(std::initializer_list<Row<V>> rows) {
  for (const auto& [text, value] : rows) {
    const auto parsed = Kind<V>::parse(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, value) << text;
    EXPECT_EQ(Kind<V>::parse(Kind<V>::show(value)), parsed) << text;
  }
}

template <class V>
void expect_refused(std::initializer_list<std::string_view> texts) {
  for (const auto text : texts) EXPECT_FALSE(Kind<V>::parse(text)) << text;
}

template <class V>
std::string suggestion(std::string_view text) {
  const auto parsed = Kind<V>::parse(text);
  return parsed ? "" : parsed.error().suggestion;
}

TEST(Kinds, ATruthValueIsWrittenInAnyOfTheWaysOfYaml) {
  expect_values<bool>({{"true", true},
                       {"Yes", true},
                       {"ON", true},
                       {"false", false},
                       {"no", false},
                       {"Off", false}});
  expect_refused<bool>({"", "1", "0", "maybe", "truee"});
}

TEST(Kinds, AWholeNumberFitsItsType) {
  expect_values<std::uint16_t>({{"0", 0}, {"80", 80}, {"65535", 65535}, {"+7", 7}});
  expect_refused<std::uint16_t>(
      {"", "-1", "65536", "99999999999999999999", "1.5", "0x10", "8 0", "eighty"});
}

TEST(Kinds, ADurationHasAUnitOrIsSeconds) {
  expect_values<Millis>({
      {"250ms", 250ms},
      {"10s", 10s},
      {"5m", 5min},
      {"1h", 1h},
      {"300", 300s},
      {"0", 0s},
      {"10 s", 10s},
      {"10S", 10s},
      {"90s", 90s},
      {"1500ms", 1500ms},
      {"1d", 24h},
      {"10D", 240h},
  });
  expect_refused<Millis>(
      {"", "s", "-1s", "1.5s", "10w", "10 s s", "99999999999999999999", "9999999999999h"});
}

TEST(Kinds, ADurationMayHaveSeveralParts) {
  expect_values<Millis>({
      {"1h30m", 90min},
      {"1m30s", 90s},
      {"1d12h", 36h},
      {"1h0m0s", 1h},  // as Go writes an hour
      {"2s500ms", 2500ms},
      {"1h 30m", 90min},
  });
  expect_refused<Millis>({"30m1h", "1s1h", "1m1m", "1h30", "1h30x", "1h-30m", "1h1.5m", "1e3",
                          "0x10", "9999999999999h1m", "1h99999999999999999999m"});
}

TEST(Kinds, ADurationHasNoFractionButASmallerUnit) {
  EXPECT_EQ(suggestion<Millis>("0.5s"), "500ms");
  EXPECT_EQ(suggestion<Millis>("0.5"), "500ms");
  EXPECT_EQ(suggestion<Millis>("1.25 S"), "1250ms");
  EXPECT_EQ(suggestion<Millis>("1.5h"), "90m");
  EXPECT_EQ(suggestion<Millis>("1.50m"), "90s");
  EXPECT_EQ(suggestion<Millis>("0.5d"), "12h");
  for (const auto* const text : {".5s", "1.s", "0.0005s", "0.5ms", "1.5w", "1.5s.", "1.2.3s", ".",
                                 "1h1.5m", "1.5h30m", "-0.5s", "100001.5s", "0.0000000000001d"}) {
    EXPECT_EQ(suggestion<Millis>(text), "") << text;
    EXPECT_FALSE(Kind<Millis>::parse(text)) << text;
  }
}

TEST(Kinds, ADurationOfAnotherLanguageIsSuggestedNotGuessed) {
  EXPECT_EQ(suggestion<Millis>("10sec"), "10s");
  EXPECT_EQ(suggestion<Millis>("10secs"), "10s");
  EXPECT_EQ(suggestion<Millis>("5min"), "5m");
  EXPECT_EQ(suggestion<Millis>("2hours"), "2h");
  EXPECT_EQ(suggestion<Millis>("2 days"), "2d");
  EXPECT_EQ(suggestion<Millis>("3 fortnights"), "");
}

TEST(Kinds, ASizeHasAUnitOrIsBytes) {
  expect_values<Bytes>({
      {"0", 0_B},
      {"512", 512_B},
      {"512B", 512_B},
      {"64KiB", 64_KiB},
      {"1MiB", 1_MiB},
      {"10MB", Bytes{10'000'000}},
      {"1kb", Bytes{1000}},
      {"2 gib", 2048_MiB},
      {"1TiB", Bytes{1ull << 40}},
      {"3TB", Bytes{3'000'000'000'000}},
  });
  expect_refused<Bytes>(
      {"", "KiB", "-1", "1.5MiB", "64k", "1PiB", "18446744073709551616", "99999999999TiB"});
  EXPECT_EQ(suggestion<Bytes>("64k"), "64KiB");
  EXPECT_EQ(suggestion<Bytes>("1m"), "1MiB");
}

TEST(Kinds, ASizeIsShownInTheUnitThatIsExact) {
  EXPECT_EQ(Kind<Bytes>::show(64_KiB), "64KiB");
  EXPECT_EQ(Kind<Bytes>::show(Bytes{10'000'000}), "10MB");
  EXPECT_EQ(Kind<Bytes>::show(0_B), "0");
  EXPECT_EQ(Kind<Bytes>::show(1001_B), "1001B");
}

TEST(Kinds, ARateIsACountInASpan) {
  expect_values<Rate>({{"100/s", {100, 1s}}, {"5/m", {5, 60s}}, {"1000 / h", {1000, 3600s}}});
  expect_refused<Rate>({"", "100", "100/", "/s", "a/s", "100/d", "-1/s"});
  EXPECT_EQ(suggestion<Rate>("5/min"), "5/m");
}

TEST(Kinds, AStatusOrItsClass) {
  expect_values<StatusOrClass>({{"404", {404, 404}}, {"5xx", {500, 599}}});
  expect_refused<StatusOrClass>({"", "99", "600", "200-399", "6xx", "5x", "4*", "ok"});
  EXPECT_EQ(Kind<StatusOrClass>::show({500, 599}), "5xx");
  EXPECT_EQ(Kind<StatusOrClass>::show({500, 500}), "500");
}

TEST(Kinds, AStatusRangeIsOneStatusOrTwoOrAHundred) {
  expect_values<StatusRange>(
      {{"204", {204, 204}}, {"200-399", {200, 399}}, {"2xx", {200, 299}}, {"5XX", {500, 599}}});
  expect_refused<StatusRange>({"", "99", "600", "200-", "-399", "6xx", "2x", "200-700", "ok"});
  EXPECT_EQ(suggestion<StatusRange>("399-200"), "200-399");
  EXPECT_TRUE((StatusRange{200, 299}.contains(200)));
  EXPECT_TRUE((StatusRange{200, 299}.contains(299)));
  EXPECT_FALSE((StatusRange{200, 299}.contains(300)));
}

TEST(Kinds, AWordIsTheSameInAnyCaseAndWithAnythingBetween) {
  for (const auto text : {"round_robin", "RoundRobin", "round-robin", "ROUND ROBIN", "roundrobin"})
    EXPECT_TRUE(same_word(text, "round_robin")) << text;
  for (const auto text : {"", "round", "round_robins", "robin_round"})
    EXPECT_FALSE(same_word(text, "round_robin")) << text;
}

struct Probe {
  Rules<std::uint32_t> rules;
};

TEST(Scalar, ZeroIsAllowedBesideTheRangeWhereItHasAMeaning) {
  Probe probe;
  between(10, 20)(probe);
  EXPECT_FALSE(parse_value<std::uint32_t>("0", probe.rules));
  EXPECT_FALSE(parse_value<std::uint32_t>("9", probe.rules));
  EXPECT_TRUE(parse_value<std::uint32_t>("10", probe.rules));
  EXPECT_TRUE(parse_value<std::uint32_t>("20", probe.rules));
  EXPECT_FALSE(parse_value<std::uint32_t>("21", probe.rules));
  zero_means("off")(probe);
  EXPECT_EQ(parse_value<std::uint32_t>("0", probe.rules), 0u);
  EXPECT_EQ(describe(probe.rules), "a whole number from 10 to 20, or 0 (off)");
}

TEST(Scalar, AWordMayStandForZero) {
  Probe probe;
  between(1, 64)(probe);
  zero_word("auto")(probe);
  EXPECT_EQ(parse_value<std::uint32_t>("AUTO", probe.rules), 0u);
  EXPECT_FALSE(parse_value<std::uint32_t>("0", probe.rules));
  EXPECT_EQ(show_value(0u, probe.rules), "auto");
}

}  // namespace
}  // namespace minato::schema
