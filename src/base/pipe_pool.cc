#include "base/pipe_pool.h"

#include <fcntl.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/assert.h"

namespace minato {
namespace {

/// What the kernel has by default. Beyond what a user may have in all it gives pipes of two pages,
/// which cost more than to copy.
constexpr std::size_t pipe_bytes_min = 64u << 10;

/// False where the call itself is denied, as a sandbox may do. The kernel lets nobody splice a pipe
/// into itself, and says so, by an error of its own.
bool may_splice(int from, int to) {
  ::splice(from, nullptr, to, nullptr, 1, SPLICE_F_NONBLOCK);
  return errno == EINVAL;
}

}  // namespace

std::size_t Pipe::lend(std::string_view bytes) {
  const iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
  const auto taken = ::vmsplice(in(), &piece, 1, SPLICE_F_NONBLOCK);
  const std::size_t lent = taken > 0 ? static_cast<std::size_t>(taken) : 0;
  put(lent);
  more_follows_ = lent < bytes.size();
  return lent;
}

PipePool::~PipePool() { MINATO_ASSERT(lent_ == 0); }

Pipe PipePool::take() {
  if (lent_ >= limit_) return {};
  Pipe pipe;
  if (free_.empty()) {
    pipe = another();
    if (!pipe) return {};
  } else {
    pipe = free_.pop();
  }
  ++lent_;
  pipe.pool_ = this;
  return pipe;
}

/// Where the system gave none it is spared the question for a while.
Pipe PipePool::another() {
  if (spared_ > 0) {
    --spared_;
    return {};
  }
  Pipe pipe = make();
  if (!pipe) spared_ = spared_takes;
  return pipe;
}

Pipe PipePool::make() {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return {};
  Pipe pipe{Fd(ends[1]), Fd(ends[0])};
  if (!may_splice(pipe.out(), pipe.in())) return {};
  ::fcntl(pipe.in(), F_SETPIPE_SZ, static_cast<int>(pipe_bytes));  // or it stays as it was
  if (::fcntl(pipe.in(), F_GETPIPE_SZ) < static_cast<int>(pipe_bytes_min)) return {};
  return pipe;
}

void PipePool::close_unused() {
  while (free_.has_unused()) (void)free_.pop_unused();
}

void PipePool::give(Pipe pipe) noexcept {
  pipe.pool_ = nullptr;
  pipe.more_follows_ = false;
  --lent_;
  const std::size_t kept_max = std::max<std::size_t>(lent_, kept_min);
  if (pipe.held() == 0 && free_.size() < kept_max) free_.push(std::move(pipe));
}

}  // namespace minato
