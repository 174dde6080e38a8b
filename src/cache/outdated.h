// What an unsafe method makes out of date (RFC 9111 4.4).
#pragma once

#include <array>
#include <span>

#include "cache/key.h"

namespace minato::cache {

/// URLs of one origin alone: what was asked for, and what Location and Content-Location name there.
class Outdated {
 public:
  std::span<const Url> urls() const { return std::span(urls_).first(count_); }
  void add(std::optional<Url> url);

 private:
  std::array<Url, 3> urls_;
  std::size_t count_ = 0;
};

/// By the answer `head` to a request of `method` for `url`, as the client wrote it: nothing where
/// the method is safe, or failed. Lies in `arena`.
Outdated outdated_by(http::Method method, const Url& url, const http::ResponseHead& head,
                     Arena& arena);

}  // namespace minato::cache
