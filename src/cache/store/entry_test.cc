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

}  // namespace
}  // namespace minato::cache
