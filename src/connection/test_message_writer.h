// A message writer and what it writes to, for its tests.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "connection/message_writer.h"
#include "connection/test_connection.h"

namespace minato::connection {

/// Keeps what is written, one string a call, and takes no more than there is room for.
class Recorder final : public net::Stream {
 public:
  explicit Recorder(runtime::Loop& on) : Stream(on, Side::upstream) {}
  void end_writing() override {}
  void reset_on_close() override {}
  bool quiet() override { return true; }
  void make_room(std::size_t bytes) {
    room = bytes;
    became(false, true, false, false);
  }
  std::string all() const {
    std::string text;
    for (const auto& one : writes) text += one;
    return text;
  }

  std::vector<std::string> writes;
  std::vector<std::size_t> counts;  // of the pieces of each
  std::vector<bool> more_follows;   // and whether it waits for the next
  std::size_t room = static_cast<std::size_t>(-1);

 private:
  net::Io try_read(std::span<char>) override { return {.kind = net::Io::Kind::would_block}; }
  net::Io try_fill(Pipe&, std::size_t) override { return {.kind = net::Io::Kind::would_block}; }
  net::Io try_drain(Pipe& pipe) override;  // piped_message_test.cc
  net::Io try_write(std::span<const iovec> pieces, net::More more) override {
    more_follows.push_back(more == net::More::yes);
    if (room == 0) return {.kind = net::Io::Kind::would_block};
    std::string text;
    for (const iovec& piece : pieces)
      text.append(static_cast<const char*>(piece.iov_base),
                  std::min(piece.iov_len, room - text.size()));
    room -= text.size();
    writes.push_back(text);
    counts.push_back(pieces.size());
    return {.kind = net::Io::Kind::moved, .bytes = text.size()};
  }
};

inline constexpr std::string_view head = "HTTP/1.1 200 OK\r\n\r\n";
inline constexpr Millis idle = 10s;

class MessageWriterTest : public testing::Test {
 protected:
  void begin(BodyFraming framing) {
    ASSERT_TRUE(writer.compose([](http1::HeadWriter& to) {
      to.status_line(200, "OK");
      to.end();
    }));
    writer.begin_body(framing);
  }
  Result<void> await(Soon<Result<void>> what) {
    Pending<Result<void>> pending(loop, std::move(what));
    world.run_until_idle();
    return pending.value();
  }
  Result<void> write(std::string_view piece, http::Last last) {
    return await(writer.write(piece, last, idle));
  }
  std::string with_head(std::string_view rest) { return std::string(head) + std::string(rest); }

  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  Recorder stream{loop};
  MessageWriter writer{stream};
  BlockPool pool;
  Arena arena{pool};
  http::Fields trailers{arena};
};

}  // namespace minato::connection
