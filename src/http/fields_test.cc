#include "http/fields.h"

#include <gtest/gtest.h>

#include <string>

namespace minato::http {
namespace {

struct FieldsTest : ::testing::Test {
  BlockPool pool;
  Arena arena{pool};
  Fields fields{arena};
};

TEST_F(FieldsTest, FindsTheFirstLineOfAName) {
  fields.add("accept", "a");
  fields.add("X-Own", "b");
  fields.add(FieldId::accept, "c");
  EXPECT_EQ(fields.value(FieldId::accept), "a");
  EXPECT_EQ(fields.count_of(FieldId::accept), 2u);
  EXPECT_EQ(fields.find("x-own")->value, "b");
  EXPECT_EQ(fields.find("x-other"), nullptr);
  EXPECT_FALSE(fields.has(FieldId::host));
}

TEST_F(FieldsTest, KeepsOrderAndSpellingWhileItGrows) {
  for (int i = 0; i < 100; ++i) fields.add(arena.copy("N" + std::to_string(i)), "v");
  ASSERT_EQ(fields.count(), 100u);
  EXPECT_EQ(fields.lines()[0].name, "N0");
  EXPECT_EQ(fields.lines()[99].name, "N99");
}

TEST_F(FieldsTest, RemovedLinesAreNotSeen) {
  fields.add("Via", "1");
  fields.add("Date", "2");
  fields.add("VIA", "3");
  fields.remove(FieldId::via);
  EXPECT_FALSE(fields.has(FieldId::via));
  EXPECT_EQ(fields.count_of(FieldId::via), 0u);
  EXPECT_EQ(fields.find("via"), nullptr);
  fields.remove("date");
  int seen = 0;
  fields.for_each([&](const Field&) { ++seen; });
  EXPECT_EQ(seen, 0);
  fields.add(FieldId::via, "4");
  EXPECT_EQ(fields.value(FieldId::via), "4");
}

TEST_F(FieldsTest, CombinesLinesOfAListInOrder) {  // RFC 9110 5.3
  EXPECT_EQ(fields.combined(FieldId::via), "");
  fields.add("Via", "a");
  EXPECT_EQ(fields.combined(FieldId::via), "a");
  fields.add("Via", "");
  fields.add("Date", "x");
  fields.add("Via", "b, c");
  EXPECT_EQ(fields.combined(FieldId::via), "a, , b, c");

  Fields begins_empty(arena);
  begins_empty.add(FieldId::via, "");
  begins_empty.add(FieldId::via, "a");
  EXPECT_EQ(begins_empty.combined(FieldId::via), ", a");
}

}  // namespace
}  // namespace minato::http
