#include "schema/parse.h"

#include <gtest/gtest.h>

#include "schema/testing.h"

namespace minato::schema::testing {
namespace {

TEST(Parse, WhatIsNotStatedKeepsItsDefault) {
  const auto [picture, problems] = read_picture(map({}));
  EXPECT_EQ(picture, Picture{});
  EXPECT_EQ(problems, "");
}

TEST(Parse, ReadsEveryKind) {
  const auto [picture, problems] = read_picture(map({
      {"framed", "no"},
      {"depth", "255"},
      {"shown_for", "5m"},
      {"size", "10MB"},
      {"rate", "5/m"},
      {"title", "Sea"},
      {"taste", "SALTY"},
      {"colour", "DeepBlue"},
      {"good", list({"204", "2xx"})},
      {"shouts", list({"HEY"})},
      {"delays", map({{"ann", "1"}, {"bob", "20ms"}})},
      {"waits", map({{"404", "1"}, {"5XX", "2s"}})},
      {"centre", map({{"x", "3"}})},
      {"border", "20ms"},
      {"workers", "Auto"},
      {"corners", list({map({{"x", "7"}}), map({{"y", "9"}})})},
  }));
  EXPECT_EQ(problems, "");
  EXPECT_FALSE(picture.framed);
  EXPECT_EQ(picture.depth, 255);
  EXPECT_EQ(picture.shown_for, 5min);
  EXPECT_EQ(picture.size, Bytes{10'000'000});
  EXPECT_EQ(picture.rate, (Rate{5, 60s}));
  EXPECT_EQ(picture.title, "Sea");
  EXPECT_EQ(picture.taste, "salty");
  EXPECT_EQ(picture.colour, Colour::deep_blue);
  EXPECT_EQ(picture.good, (std::vector<StatusRange>{{204, 204}, {200, 299}}));
  EXPECT_EQ(picture.shouts, std::vector<std::string>{"HEY"});
  EXPECT_EQ(picture.delays, (std::map<std::string, Millis>{{"ann", 1s}, {"bob", 20ms}}));
  EXPECT_EQ(picture.waits, (std::map<StatusOrClass, Millis>{{{404, 404}, 1s}, {{500, 599}, 2s}}));
  EXPECT_EQ(picture.centre, (Corner{3, 2}));
  EXPECT_EQ(picture.frame.border, 20ms);
  EXPECT_EQ(picture.workers, 0u);
  EXPECT_EQ(picture.corners, (std::vector<Corner>{{7, 2}, {255, 9}}));
}

TEST(Parse, ANewElementStartsAsItsOwnerSays) {
  EXPECT_EQ(
      read_picture(map({{"depth", "50"}, {"corners", list({map({})})}})).picture.corners.at(0).x,
      50);
}

TEST(Parse, ReportsEveryFaultInOneRun) {
  EXPECT_EQ(
      read_picture(map({
                       {"framd", "true"},
                       {"depth", "256"},
                       {"shown_for", "2h"},
                       {"size", "big"},
                       {"colour", "rde"},
                       {"good", list({})},
                       {"shouts", list({"HO", "hey"})},
                       {"centre", map({{"x", "0"}})},
                   }))
          .problems,
      "f: shouts[1]: \"hey\" is not loud; allowed: capitals\n"
      "f:1:1: framd: unknown key; allowed: framed, depth, shown_for, size, rate, title, "
      "taste, password, "
      "colour, good, shouts, delays, waits, centre, border, look, workers or corners (framed?)\n"
      "f:1:4: centre.x: \"0\" is too small; allowed: a whole number from 1 to 99\n"
      "f:2:8: depth: \"256\" is too large; allowed: a whole number up to 255\n"
      "f:3:12: shown_for: \"2h\" is too large; allowed: a duration (250ms, 10s, 5m, 1h) from "
      "1s to 1h, "
      "or 0 (for ever)\n"
      "f:4:7: size: \"big\" is not a size; allowed: a size (512, 64KiB, 1MiB, 10MB)\n"
      "f:5:9: colour: \"rde\" is none of the choices; allowed: deep_blue or red (red?)\n"
      "f:6:7: good: the list is empty; allowed: one item or more, each a status or a range "
      "(204, 200-399, "
      "2xx)\n");
}

TEST(Parse, ARepeatedKeyNamesTheFirst) {
  EXPECT_EQ(read_picture(map({{"depth", "8"}, {"title", "a"}, {"depth", "9"}})).problems,
            "f:3:1: depth: the key stands here again, first in line 1; allowed: once\n");
}

TEST(Parse, AKeyOfAMapIsCheckedLikeAValue) {
  EXPECT_EQ(
      read_picture(
          map({{"waits",
                map({{"404", "1s"}, {"40x", "2h"}, {"5xx", "1s"}, {"5XX", "2s"}, {"304", "1s"}})}}))
          .problems,
      "f:2:1: waits.40x: \"40x\" is not a status or class of statuses; allowed: a status or a "
      "class (404, 5xx)\n"
      "f:2:6: waits.40x: \"2h\" is too large; allowed: a duration (250ms, 10s, 5m, 1h) from 1s "
      "to 1h\n"
      "f:4:1: waits.5xx: the key stands here again, first in line 3; allowed: once\n"
      "f:5:1: waits.304: 304 is no answer; allowed: any other\n");
}

TEST(Parse, AnOldSpellingIsUnderstoodWithAWarning) {
  const auto [picture, problems] = read_picture(map({{"weight", "5"}}));
  EXPECT_EQ(picture.size, Bytes{5});
  EXPECT_EQ(problems, "f:1:1: warning: weight: an old spelling; write size\n");
}

TEST(Parse, AnOldSpellingBesideTheNewOneIsARepetition) {
  EXPECT_EQ(read_picture(map({{"size", "6"}, {"weight", "5"}})).problems,
            "f:2:1: warning: weight: an old spelling; write size\n"
            "f:2:1: weight: the key stands here again, first in line 1; allowed: once\n");
}

TEST(Parse, AKeyOfALaterVersionSaysSo) {
  EXPECT_EQ(
      read_picture(map({{"sound", "loud"}})).problems,
      "f:1:1: sound: not there yet: it comes with the sound version; allowed: leave it out\n");
}

TEST(Parse, TheKindOfANodeIsChecked) {
  EXPECT_EQ(read_picture(map({
                             {"depth", list({})},
                             {"title", nothing()},
                             {"good", "204"},
                             {"delays", "1s"},
                             {"centre", "3"},
                         }))
                .problems,
            "f:1:8: depth: a list stands here; allowed: a whole number up to 255\n"
            "f:2:8: title: nothing stands here; allowed: text\n"
            "f:3:7: good: a single value stands here; allowed: a list ([204]?)\n"
            "f:4:9: delays: a single value stands here; allowed: a section of names, each with a "
            "duration (250ms, 10s, 5m, 1h)\n"
            "f:5:9: centre: a single value stands here; allowed: a section with the keys x or y\n");
}

TEST(Parse, AnEmptySectionAndAnEmptyListAreAllowed) {
  const auto [picture, problems] =
      read_picture(map({{"centre", nothing()}, {"shouts", nothing()}, {"delays", nothing()}}));
  EXPECT_EQ(problems, "");
  EXPECT_EQ(picture.centre, Corner{});
}

TEST(Parse, VariablesAreReplacedInValues) {
  const auto [picture, problems] =
      read_picture(map({{"title", "${WHO}'s"}, {"depth", "${DEPTH:-16}"}, {"taste", "${NO}"}}),
                   {{"WHO", "Ann"}});
  EXPECT_EQ(picture.title, "Ann's");
  EXPECT_EQ(picture.depth, 16);
  EXPECT_EQ(problems,
            "f:3:8: taste: the environment has no NO; set it, or give a default: ${NO:-default}\n");
}

TEST(Parse, ControlCharactersStandInNoValue) {
  const auto [picture, problems] =
      read_picture(map({{"title", "${LINES}"}, {"taste", "\x1b[31m"}, {"password", "a\tb"}}),
                   {{"LINES", "a\nb"}});
  EXPECT_EQ(
      problems,
      "f:1:8: title: control characters, such as the end of a line; allowed: what can be seen\n"
      "f:2:8: taste: control characters, such as the end of a line; allowed: what can be seen\n");
  EXPECT_EQ(picture.password, "a\tb");
}

TEST(Parse, AValueThatIsWrongLeavesTheMemberAlone) {
  EXPECT_EQ(read_picture(map({{"depth", "many"}})).picture.depth, 8);
}

}  // namespace
}  // namespace minato::schema::testing
