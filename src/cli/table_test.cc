#include "cli/table.h"

#include <gtest/gtest.h>

namespace minato::cli {
namespace {

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table({{"NAME"}, {"COUNT", Align::right}, {"REASON"}});
  table.add({"a", "1", "x"});
  table.add({"longer", "1234567", ""});
  EXPECT_EQ(table.text(),
            "NAME      COUNT  REASON\n"
            "a             1  x\n"
            "longer  1234567\n");
}

TEST(Table, ACharacterOfManyBytesTakesOneColumn) {
  Table table({{"N"}, {"M"}});
  table.add({"caf\xc3\xa9", "1"});
  table.add({"cafes", "2"});
  EXPECT_EQ(table.text(), "N      M\ncaf\xc3\xa9   1\ncafes  2\n");
}

}  // namespace
}  // namespace minato::cli
