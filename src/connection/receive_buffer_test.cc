#include "connection/receive_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace minato::connection {
namespace {

class ReceiveBufferTest : public testing::Test {
 protected:
  void receive(std::span<char> room, std::string_view bytes) {
    ASSERT_GE(room.size(), bytes.size());
    std::ranges::copy(bytes, room.begin());
    buffer.received(bytes.size());
  }
  void receive_head(std::string_view bytes) { receive(buffer.room_for_head(), bytes); }
  void receive_body(std::string_view bytes) { receive(buffer.room_for_body(), bytes); }
  /// As much of a body as there is room for, which is told.
  std::size_t fill() {
    const auto room = buffer.room_for_body();
    receive(room, std::string(room.size(), 'x'));
    buffer.consume(buffer.unread().size());
    return room.size();
  }

  BlockPool pool;
  ReceiveBuffer buffer{pool};
};

TEST_F(ReceiveBufferTest, OwnsNoMemoryUntilThereIsSomethingToRead) {
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(ReceiveBufferTest, HeadsArriveOneBehindTheOther) {
  receive_head("HEAD");
  receive_head("body");
  EXPECT_EQ(buffer.unread(), "HEADbody");
  buffer.consume(4);
  EXPECT_EQ(buffer.unread(), "body");
}

TEST_F(ReceiveBufferTest, JoinsWhatWasConsumedApart) {
  receive_head("HEADone--three--next");
  buffer.consume(4);
  const auto head = std::string_view(buffer.unread().data() - 4, 4);
  buffer.pin();
  const auto one = buffer.unread().substr(0, 3), three = buffer.unread().substr(5, 5);
  buffer.consume(12);
  const auto joined = buffer.join(one, three);
  EXPECT_EQ(joined, "onethree");
  EXPECT_EQ(joined.data(), one.data());
  EXPECT_EQ(head, "HEAD");
  EXPECT_EQ(buffer.unread(), "next");
}

TEST_F(ReceiveBufferTest, APinnedHeadStaysWhereItIsWhileABodyComes) {
  receive_head("HEADbody");
  const auto head = buffer.unread().substr(0, 4);
  buffer.consume(4);
  buffer.pin();
  buffer.consume(4);
  for (int piece = 0; piece < 10; ++piece) {
    receive_body(std::string(buffer.room_for_body().size() - 1, 'x'));
    buffer.consume(buffer.unread().size());
  }
  EXPECT_EQ(head, "HEAD");
  EXPECT_EQ(pool.lent_bytes(), ReceiveBuffer::block_bytes);
}

TEST_F(ReceiveBufferTest, ABodyThatFillsItsRoomGetsALargeBlockAndNoLargerOne) {
  receive_head("HEAD");
  const auto head = buffer.unread();
  buffer.consume(4);
  buffer.pin();
  EXPECT_EQ(fill(), ReceiveBuffer::block_bytes - 4);
  for (int piece = 0; piece < 10; ++piece) EXPECT_EQ(fill(), ReceiveBuffer::large_block_bytes);
  EXPECT_EQ(head, "HEAD");
  EXPECT_EQ(pool.lent_bytes(), ReceiveBuffer::block_bytes + ReceiveBuffer::large_block_bytes);
}

TEST_F(ReceiveBufferTest, BesideALargePinnedHeadABodyGetsALargeBlockToo) {
  const std::string large(ReceiveBuffer::block_bytes, 'h');
  receive_head(large);
  const auto head = buffer.unread();
  buffer.consume(large.size());
  buffer.pin();
  for (int piece = 0; piece < 10; ++piece) EXPECT_EQ(fill(), ReceiveBuffer::large_block_bytes);
  EXPECT_EQ(head, large);
  EXPECT_EQ(pool.lent_bytes(), ReceiveBuffer::block_bytes + ReceiveBuffer::large_block_bytes);
}

TEST_F(ReceiveBufferTest, WhoWaitsForMoreHasNoLargeBlock) {
  EXPECT_EQ(fill(), ReceiveBuffer::block_bytes);
  EXPECT_EQ(fill(), ReceiveBuffer::large_block_bytes);
  receive_body("the last of what is there");
  buffer.consume(buffer.unread().size());
  EXPECT_EQ(buffer.room_for_body().size(), ReceiveBuffer::block_bytes);
  EXPECT_EQ(pool.lent_bytes(), ReceiveBuffer::block_bytes);
}

TEST_F(ReceiveBufferTest, WhoRestsHoldsThePinnedHeadAlone) {
  receive_head("HEAD");
  const auto head = buffer.unread();
  buffer.consume(4);
  buffer.pin();
  for (const std::size_t room : {ReceiveBuffer::block_bytes - 4, ReceiveBuffer::block_bytes}) {
    EXPECT_EQ(fill(), room);
    EXPECT_EQ(fill(), ReceiveBuffer::large_block_bytes);
    EXPECT_EQ(buffer.room_for_body().size(), ReceiveBuffer::large_block_bytes);
    buffer.rest();
    EXPECT_EQ(head, "HEAD");
    EXPECT_EQ(pool.lent_bytes(), ReceiveBuffer::block_bytes);
  }
}

TEST_F(ReceiveBufferTest, ALargePinnedHeadLeavesTheBodyABlockOfItsOwn) {
  const std::string large(ReceiveBuffer::block_bytes - ReceiveBuffer::body_room_min + 1, 'h');
  receive_head(large);
  const auto head = buffer.unread();
  buffer.consume(large.size());
  buffer.pin();
  for (int piece = 0; piece < 10; ++piece) {
    EXPECT_EQ(buffer.room_for_body().size(), ReceiveBuffer::block_bytes);
    receive_body("some");
    EXPECT_EQ(buffer.unread(), "some");
    buffer.consume(4);
  }
  EXPECT_EQ(head, large);
  EXPECT_EQ(pool.lent_bytes(), 2 * ReceiveBuffer::block_bytes);
}

TEST_F(ReceiveBufferTest, GivesAllMemoryBackWhereNothingIsLeft) {
  receive_head("HEAD");
  buffer.consume(4);
  buffer.pin();
  buffer.unpin();
  EXPECT_EQ(pool.lent_bytes(), 0u);
}

TEST_F(ReceiveBufferTest, KeepsAPipelinedRequestWhereTheHeadIsGivenUp) {
  receive_head("HEADnext");
  buffer.consume(4);
  buffer.pin();
  buffer.unpin();
  EXPECT_EQ(buffer.unread(), "next");
}

TEST_F(ReceiveBufferTest, GrowsForAHeadUpToItsLimit) {
  constexpr std::size_t limit = 100'000;
  std::string sent;
  do {
    while (!buffer.room_for_head().empty()) {
      const std::string piece(std::min<std::size_t>(1'000, buffer.room_for_head().size()),
                              static_cast<char>('a' + sent.size() % 26));
      receive_head(piece);
      sent += piece;
    }
    EXPECT_EQ(buffer.unread(), sent);
  } while (buffer.grow(limit));
  EXPECT_GT(sent.size(), limit);  // one byte more than allowed was seen, and refused
  EXPECT_LE(pool.lent_bytes(), 128u << 10);
}

TEST_F(ReceiveBufferTest, GrowingMovesNothingButTheIncompleteHead) {
  receive_head(std::string(ReceiveBuffer::block_bytes - 4, 'x') + "HEAD");
  buffer.consume(ReceiveBuffer::block_bytes - 4);
  EXPECT_TRUE(buffer.room_for_head().empty());
  ASSERT_TRUE(buffer.grow(64u << 10));
  EXPECT_EQ(buffer.unread(), "HEAD");
  EXPECT_EQ(buffer.room_for_head().size(), ReceiveBuffer::block_bytes - 4);
}

}  // namespace
}  // namespace minato::connection
