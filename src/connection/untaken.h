// Tells what of a write the kernel has not taken when the write ends, however it ends: it may fail
// or be cancelled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "net/stream.h"

namespace minato::connection {

/// Lives as long as one write of `bytes`, the only one of its stream.
template <class Tell>
class Untaken {
 public:
  Untaken(const net::Stream& stream, std::size_t bytes, Tell tell)
      : stream_(stream), all_(stream.bytes_written() + bytes), tell_(std::move(tell)) {}
  Untaken(const Untaken&) = delete;
  Untaken& operator=(const Untaken&) = delete;
  ~Untaken() { tell_(all_ - stream_.bytes_written()); }

 private:
  const net::Stream& stream_;
  std::uint64_t all_;
  Tell tell_;
};

}  // namespace minato::connection
