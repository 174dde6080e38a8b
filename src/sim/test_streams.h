// What tests of streams ask of them.
#pragma once

#include <array>

#include "sim/test_rigs.h"

namespace minato::sim {

class StreamContract : public testing::TestWithParam<RigKind> {
 protected:
  StreamContract() { std::tie(here, there) = rig->connected(); }
  ~StreamContract() override { tasks.cancel_all(); }
  void run(Task<void> task) {
    tasks.start(std::move(task));
    rig->finish(tasks);
  }

  std::unique_ptr<Rig> rig = GetParam().make();
  std::unique_ptr<Stream> here, there;
  runtime::Scope tasks{rig->loop()};
};

inline std::string_view word(const Result<std::size_t>& count) {
  if (!count) return name(count.error().fault);
  return *count == 0 ? "end" : "bytes";
}

/// What comes until `most` bytes are there, and behind a bar what ended it before: "abc|end".
inline Task<std::string> gets(Stream& from, std::size_t most, Instant until = never) {
  std::string got;
  std::array<char, 100> buffer;
  while (got.size() < most) {
    const std::span into(buffer.data(), std::min(most - got.size(), buffer.size()));
    const auto count = co_await from.read(into, until);
    if (!count || *count == 0) co_return got.append("|").append(word(count));
    got.append(buffer.data(), *count);
  }
  co_return got;
}

inline Task<std::string> puts(Stream& to, std::string text, Millis idle = 0ms) {
  iovec piece{text.data(), text.size()};
  const auto written = co_await to.write({&piece, 1}, idle);
  co_return std::string(written ? "ok" : name(written.error().fault));
}

inline Task<void> expect_put(Stream& to, std::string text, std::string outcome, Millis idle = 0ms) {
  EXPECT_EQ(co_await puts(to, std::move(text), idle), outcome);
}

/// For one connection at once.
inline std::string more_than_fits() {
  const bool of_kernel = std::string_view(StreamContract::GetParam().name).starts_with("Kernel");
  const std::size_t size = of_kernel ? 9'000'000 : 20'000;
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i);
  return text;
}

/// Writes until nothing more is taken.
inline void fill(Stream& to) {
  std::string much(1 << 20, 'x');
  for (bool taken = true; taken;) {
    iovec piece{much.data(), much.size()};
    std::span pieces(&piece, 1);
    taken = to.write_now(pieces);
  }
}

inline Task<void> reset_it(std::unique_ptr<Stream>& stream) {
  stream->reset_on_close();
  stream.reset();
  co_return;
}

}  // namespace minato::sim
