#include "net/socket_listener.h"

#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <array>
#include <cerrno>

#include "base/assert.h"
#include "net/fd_stream.h"
#include "net/socket.h"

namespace minato::net {
namespace {

// A handshake whose first half is done takes one more round trip at most.
constexpr Millis handshake_grace = 250ms;

/// Lets every segment pass but those that begin a handshake: SYN without ACK.
void refuse_new_handshakes(int socket) {
  constexpr unsigned flags_at = 13;  // in the TCP header, RFC 9293 3.1
  std::array<sock_filter, 5> program{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags_at),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, TH_SYN | TH_ACK),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TH_SYN, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  // Where the kernel does not take it, connections of the last moment are reset, as everywhere.
  ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

void admit_new_handshakes(int socket) {
  const int unused = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

/// The connection died in the queue, or the firewall wants it so; the next may be well. accept(2).
bool means_lost_in_queue(int os_errno) {
  switch (os_errno) {
    case EINTR:
    case ECONNABORTED:
    case ECONNRESET:
    case ETIMEDOUT:
    case EPROTO:
    case EPERM:
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP: return true;
    default: return false;
  }
}

std::unexpected<Error> stopped() {
  return fail(Fault::closed, Side::local, "the listener was stopped");
}

Result<Fd> listen_on(const ListenOptions& options) {
  const auto share = options.shared ? SharePort::yes : SharePort::no;
  auto socket = bind_socket(options.address, share, options.owner);
  if (socket && ::listen(socket->get(), options.backlog) != 0)
    return fail(fault_of_errno(errno), Side::local, "cannot listen on the address", errno);
  return socket;
}

}  // namespace

/// co_await: until something changed.
class SocketListener::Arrival {
 public:
  explicit Arrival(SocketListener& listener) : listener_(listener) {}
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;
  ~Arrival() {
    if (listener_.waiter_ == this) listener_.waiter_ = nullptr;
  }
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> who) {
    MINATO_ASSERT(listener_.waiter_ == nullptr);
    who_ = who;
    listener_.waiter_ = this;
  }
  void await_resume() const noexcept {}

 private:
  friend class SocketListener;
  SocketListener& listener_;
  std::coroutine_handle<> who_;
};

Result<std::unique_ptr<SocketListener>> SocketListener::make(runtime::EpollLoop& loop,
                                                             const ListenOptions& options) {
  SocketFile file;
  const bool is_path = options.address.family() == Address::Family::unix_path;
  auto socket =
      is_path ? listen_on_path(options.address, options.backlog, file) : listen_on(options);
  if (!socket) return std::unexpected(socket.error());
  std::unique_ptr<SocketListener> listener(
      new SocketListener(loop, std::move(*socket), std::move(file)));
  if (auto watched = loop.watch(listener->socket_.get(), *listener); !watched)
    return std::unexpected(watched.error());
  return listener;
}

SocketListener::SocketListener(runtime::EpollLoop& loop, Fd socket, SocketFile file)
    : loop_(loop),
      socket_(std::move(socket)),
      file_(std::move(file)),
      address_(local_address(socket_.get())),
      grace_(loop.timers(), *this) {}

SocketListener::~SocketListener() {
  MINATO_ASSERT(waiter_ == nullptr);
  close();
}

Task<void> SocketListener::arrival() { co_await Arrival(*this); }

std::optional<Result<Accepted>> SocketListener::accept_now() {
  while (socket_) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    auto* const generic = reinterpret_cast<sockaddr*>(&peer);
    Fd socket(::accept4(socket_.get(), generic, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) return welcome(std::move(socket), peer, size);
    if (means_lost_in_queue(errno)) continue;
    const int why = errno;
    // The kernel takes a descriptor before it looks whether anybody waits.
    if (why != EAGAIN && has_waiting())
      return fail(Fault::resource, Side::local, "cannot accept a connection", why);
    if (!only_the_rest_) return std::nullopt;
    close();
  }
  return stopped();
}

std::optional<Result<void>> SocketListener::peek() {
  if (socket_ && has_waiting()) return Result<void>{};
  if (socket_ && !only_the_rest_) return std::nullopt;
  close();
  return stopped();
}

bool SocketListener::has_waiting() const {
  pollfd queue{socket_.get(), POLLIN, 0};
  return ::poll(&queue, 1, 0) > 0;
}

Accepted SocketListener::welcome(Fd socket, const sockaddr_storage& peer, socklen_t size) {
  return {.stream = FdStream::make_unheard(loop_, std::move(socket), Side::downstream),
          .peer = Address::from(reinterpret_cast<const sockaddr*>(&peer), size)};
}

void SocketListener::stop() {
  if (!socket_ || grace_.armed() || only_the_rest_) return;
  const bool is_path = address_.family() == Address::Family::unix_path;
  if (is_path)
    file_.remove();
  else
    refuse_new_handshakes(socket_.get());
  grace_.arm(loop_.now() + (is_path ? Millis::zero() : handshake_grace));
}

bool SocketListener::resume() {
  if (!socket_ || address_.family() == Address::Family::unix_path)
    return false;  // its file is gone
  admit_new_handshakes(socket_.get());
  grace_.disarm();
  only_the_rest_ = false;
  return true;
}

void SocketListener::grace_is_over() {
  only_the_rest_ = true;
  resume_waiter();
}

void SocketListener::resume_waiter() {
  if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->who_.resume();
}

void SocketListener::close() {
  loop_.forget(*this);
  socket_.close();
}

}  // namespace minato::net
