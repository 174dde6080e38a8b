// What the programs have in common that ask: a clock, a request and the size of its answer.
#pragma once

#include <strings.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "socket.h"

namespace minato::bench {

using Nanos = std::uint64_t;
inline constexpr Nanos second = 1'000'000'000;

inline Nanos now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<Nanos>(time.tv_sec) * second + static_cast<Nanos>(time.tv_nsec);
}

inline std::string get_request(const char* port) {
  return "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::string(port) + "\r\n\r\n";
}

/// Bytes of the response at the start of `text`, 0 while its head is not whole.
inline std::size_t response_size(std::string_view text) {
  constexpr std::string_view name = "\r\ncontent-length:";
  const std::size_t head = text.find("\r\n\r\n");
  if (head == text.npos) return 0;
  if (!text.starts_with("HTTP/1.1 200 ")) die("an answer that is not 200");
  for (std::size_t at = text.find("\r\n"); at < head; at = text.find("\r\n", at + 2)) {
    if (strncasecmp(text.data() + at, name.data(), name.size()) == 0) {
      return head + 4 + std::strtoul(text.data() + at + name.size(), nullptr, 10);
    }
  }
  die("an answer without Content-Length");
}

}  // namespace minato::bench
