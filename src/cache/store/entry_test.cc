#include "cache/store/entry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <list>

namespace minato::cache {
namespace {

using testing::ElementsAre;

/// A body in pieces that lie anywhere.
class Body {
 public:
  explicit Body(std::initializer_list<std::string_view> texts) {
    Piece** end = &content.first;
    for (const std::string_view text : texts) {
      Room& room = rooms_.emplace_back();
      text.copy(room.bytes.data(), text.size());
      room.piece.size = static_cast<std::uint32_t>(text.size());
      *end = &room.piece, end = &room.piece.next;
    }
  }
  std::vector<std::string_view> views(std::uint64_t& first, std::uint64_t last, std::size_t room) {
    std::vector<std::string_view> found(room);
    found.resize(views_of(content, first, last, found));
    return found;
  }

 private:
  struct Room {
    Piece piece;
    std::array<char, 16> bytes;
  };
  std::list<Room> rooms_;
  Content content;
};

TEST(ViewsOfContent, AreOfTheBytesThatAreAskedFor) {
  Body body{"abc", "", "de", "fghi"};
  const auto views = [&](std::uint64_t first, std::uint64_t last) {
    return body.views(first, last, 8);
  };
  EXPECT_THAT(views(0, 8), ElementsAre("abc", "de", "fghi"));
  EXPECT_THAT(views(1, 1), ElementsAre("b"));
  EXPECT_THAT(views(2, 5), ElementsAre("c", "de", "f"));
  EXPECT_THAT(views(3, 4), ElementsAre("de"));
}

TEST(ViewsOfContent, GoOnWhereThereWasNoRoom) {
  Body body{"abc", "de", "fghi"};
  std::uint64_t first = 1;
  EXPECT_THAT(body.views(first, 7, 2), ElementsAre("bc", "de"));
  EXPECT_EQ(first, 5u);
  EXPECT_THAT(body.views(first, 7, 2), ElementsAre("fgh"));
  EXPECT_EQ(first, 8u);
}

TEST(SelectionOfAPart, IsOfWhatLiesInItOrNowhere) {
  using Kind = Selection::Kind;
  const ContentRange part{{.first = 2, .last = 6}, 10};
  const auto kind = [&](std::string_view range) {
    const auto selection = selection_of(range, part);
    return selection ? selection->kind : Kind::whole;
  };
  for (const auto* const inside : {"bytes=2-6", "bytes=2-3,5-5", "bytes=4-4,20-"})
    EXPECT_EQ(kind(inside), Kind::ranges) << inside;
  for (const auto* const nowhere : {"bytes=10-", "bytes=-0", "bytes=11-12,13-"})
    EXPECT_EQ(kind(nowhere), Kind::unsatisfiable) << nowhere;
  for (const auto* const other : {"bytes=1-3", "bytes=6-7", "bytes=-2", "bytes=2-3,7-7", "x"})
    EXPECT_FALSE(selection_of(other, part)) << other;
}

TEST(SelectionOfAPart, OfAWholeOfUnknownSizeIsOfWhatDoesNotDependOnThat) {
  const ContentRange part{{.first = 2, .last = 6}, std::nullopt};
  for (const auto* const inside : {"bytes=2-6", "bytes=3-4", "bytes=2-3,5-5"})
    EXPECT_TRUE(selection_of(inside, part)) << inside;
  for (const auto* const other :
       {"bytes=3-", "bytes=-2", "bytes=5-7", "bytes=3-4,9-", "bytes=7-", "bytes=-0", "bytes=1-2"})
    EXPECT_FALSE(selection_of(other, part)) << other;
}

}  // namespace
}  // namespace minato::cache
