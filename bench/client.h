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

/// GET, or POST with so many bytes; `closing`: the connection is for that request alone.
inline std::string request(const char* port, std::size_t body_bytes = 0, bool closing = false) {
  return std::string(body_bytes > 0 ? "POST" : "GET") +
         " / HTTP/1.1\r\nHost: 127.0.0.1:" + std::string(port) + "\r\n" +
         (closing ? "Connection: close\r\n" : "") +
         (body_bytes > 0 ? "Content-Length: " + std::to_string(body_bytes) + "\r\n" : "") + "\r\n" +
         std::string(body_bytes, 'x');
}

/// Bytes of the head at the start of `text`, 0 while it is not whole.
inline std::size_t head_size(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == text.npos) return 0;
  if (!text.starts_with("HTTP/1.1 200 ")) die("an answer that is not 200");
  return end + 4;
}

/// What follows the colon of a field, which is named as "\r\nname:", up to the end of all; empty
/// where the head has no such field.
inline std::string_view field(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    if (strncasecmp(head.data() + at, name.data(), name.size()) == 0)
      return head.substr(at + name.size());
  }
  return {};
}

/// What a head says of its body.
inline std::size_t content_length(std::string_view head) {
  const std::string_view value = field(head, "\r\ncontent-length:");
  if (value.empty()) die("an answer without Content-Length");
  return std::strtoul(value.data(), nullptr, 10);
}

/// Bytes of the response at the start of `text`, 0 while its head is not whole.
inline std::size_t response_size(std::string_view text) {
  const std::size_t head = head_size(text);
  return head == 0 ? 0 : head + content_length(text.substr(0, head));
}

}  // namespace minato::bench
