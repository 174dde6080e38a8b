#include "net/ares_channel.h"

#include <ares.h>
#include <poll.h>

#include <cstring>
#include <vector>

namespace minato::net {
namespace {

// A server that does not answer is asked three times, within 2, 4 and 8 seconds.
constexpr int first_timeout_millis = 2000;
constexpr int tries = 3;
constexpr int rounds_a_turn = 16;

ares_addr_port_node node_of(const Address& server) {
  ares_addr_port_node node{};
  const std::string_view bytes = server.ip_bytes();
  node.family = server.family() == Address::Family::ipv4 ? AF_INET : AF_INET6;
  std::memcpy(&node.addr, bytes.data(), bytes.size());
  node.udp_port = node.tcp_port = server.port();
  return node;
}

int set_servers(ares_channel channel, std::span<const Address> servers) {
  if (servers.empty()) return ARES_SUCCESS;
  std::vector<ares_addr_port_node> nodes;
  for (const Address& server : servers) nodes.push_back(node_of(server));
  for (std::size_t i = 1; i < nodes.size(); ++i) nodes[i - 1].next = &nodes[i];
  return ::ares_set_servers_ports(channel, nodes.data());
}

}  // namespace

/// A socket of c-ares, and what it is to be told of.
class AresChannel::Socket final : public runtime::Watcher {
 public:
  Socket(AresChannel& channel, int fd) : channel_(channel), fd_(fd) {
    // Unwatched, its questions end by their time limits.
    (void)channel_.loop_.watch(fd_, *this);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { channel_.loop_.unwatch(fd_, *this); }

  void want(bool readable, bool writable) {
    events_ = static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
  }
  pollfd question() const { return {.fd = fd_, .events = events_, .revents = 0}; }

 private:
  void ready(runtime::Readiness) override { channel_.look_soon(); }
  AresChannel& channel_;
  int fd_;
  short events_ = 0;
};

Result<std::unique_ptr<AresChannel>> AresChannel::make(runtime::EpollLoop& loop,
                                                       std::span<const Address> servers) {
  std::unique_ptr<AresChannel> channel(new AresChannel(loop));
  if (auto opened = channel->open(servers); !opened) return std::unexpected(opened.error());
  return channel;
}

AresChannel::AresChannel(runtime::EpollLoop& loop) : loop_(loop), timeout_(loop.timers(), *this) {}

// ares_library_init does something on Windows alone.
Result<void> AresChannel::open(std::span<const Address> servers) {
  char lookups[] = "fb";  // the hosts file, then DNS
  ares_options options{};
  options.sock_state_cb = wants;
  options.sock_state_cb_data = this;
  options.timeout = first_timeout_millis;
  options.tries = tries;
  options.lookups = lookups;
  constexpr int given =
      ARES_OPT_SOCK_STATE_CB | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS;
  if (::ares_init_options(&channel_, &options, given) != ARES_SUCCESS)
    return fail(Fault::resource, Side::local, "cannot set up name resolution");
  if (set_servers(channel_, servers) != ARES_SUCCESS)
    return fail(Fault::resource, Side::local, "cannot set the name servers");
  return {};
}

AresChannel::~AresChannel() {
  if (channel_ != nullptr) ::ares_destroy(channel_);
}

void AresChannel::look_soon() {
  if (!linked()) loop_.defer(*this);
}

void AresChannel::wants(void* self, int fd, int readable, int writable) {
  auto& channel = *static_cast<AresChannel*>(self);
  if (readable == 0 && writable == 0) {
    channel.sockets_.erase(fd);  // c-ares closes it next
    return;
  }
  auto& socket = channel.sockets_[fd];
  if (socket == nullptr) socket = std::make_unique<Socket>(channel, fd);
  socket->want(readable != 0, writable != 0);
  channel.look_soon();
}

void AresChannel::run() {
  int rounds = 0;
  while (rounds < rounds_a_turn && serve_ready_sockets()) ++rounds;
  if (rounds == rounds_a_turn) look_soon();
  arm_timeout();
}

/// False where none was ready.
bool AresChannel::serve_ready_sockets() {
  std::vector<pollfd> questions;
  for (const auto& [fd, socket] : sockets_) questions.push_back(socket->question());
  if (::poll(questions.data(), questions.size(), 0) <= 0) return false;
  for (const pollfd& answer : questions) {
    const bool readable = (answer.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
    const bool writable = (answer.revents & POLLOUT) != 0;
    if (readable || writable)
      ::ares_process_fd(channel_, readable ? answer.fd : ARES_SOCKET_BAD,
                        writable ? answer.fd : ARES_SOCKET_BAD);
  }
  return true;
}

void AresChannel::timed_out() {
  ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  look_soon();
}

void AresChannel::arm_timeout() {
  timeval left{};
  const bool something_runs = ::ares_timeout(channel_, nullptr, &left) != nullptr;
  const auto span = Seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  timeout_.arm(something_runs ? loop_.now() + span : never);
}

}  // namespace minato::net
