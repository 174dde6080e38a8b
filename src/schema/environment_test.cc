#include "schema/environment.h"

#include <gtest/gtest.h>

namespace minato::schema {
namespace {

const Environment environment{
    {"NAME", "minato"}, {"EMPTY", ""}, {"NESTED", "${NAME}"}, {"DOLLAR", "$"}};

TEST(Environment, NamesAreReplacedByTheirValues) {
  const struct {
    std::string_view text, expected;
  } rows[] = {
      {"", ""},
      {"plain", "plain"},
      {"${NAME}", "minato"},
      {"a-${NAME}-${NAME}-b", "a-minato-minato-b"},
      {"[${EMPTY}]", "[]"},
      {"${NAME:-other}", "minato"},
      {"${MISSING:-other}", "other"},
      {"${EMPTY:-other}", "other"},
      {"${MISSING:-}", ""},
      {"${MISSING:-a:-b}", "a:-b"},
      {"$NAME $ {NAME} $", "$NAME $ {NAME} $"},
      {"$${NAME}", "${NAME}"},
      {"${NESTED}", "${NAME}"},  // once: what comes in is not looked at again
      {"${DOLLAR}${NAME}", "$minato"},
  };
  for (const auto& row : rows) {
    const auto out = substitute(row.text, environment);
    ASSERT_TRUE(out) << row.text;
    EXPECT_EQ(*out, row.expected) << row.text;
  }
}

TEST(Environment, WhatCannotBeReplacedIsAnError) {
  const struct {
    std::string_view text, found;
  } rows[] = {
      {"${MISSING}", "the environment has no MISSING"},
      {"${NAME", "${ without its }"},
      {"${}", "\"\" is not the name of a variable"},
      {"${1}", "\"1\" is not the name of a variable"},
      {"${A B}", "\"A B\" is not the name of a variable"},
      {"${A-b}", "\"A-b\" is not the name of a variable"},
      {"${MISSING:-${NAME}}", "a ${ inside the default of MISSING"},
      {"${NAME:-${MISSING}}", "a ${ inside the default of NAME"},
  };
  for (const auto& row : rows) {
    const auto out = substitute(row.text, environment);
    ASSERT_FALSE(out) << row.text;
    EXPECT_EQ(out.error().found, row.found);
  }
}

TEST(Environment, WhatIsPutInHasABound) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "${BIG}";
  EXPECT_FALSE(substitute(text, {{"BIG", std::string(1024, 'x')}}));
}

}  // namespace
}  // namespace minato::schema
