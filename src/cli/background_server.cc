#include "cli/background_server.h"

#include <pthread.h>
#include <signal.h>

namespace minato::cli {
namespace {

/// How long nobody is accepted after the process has run out of descriptors.
constexpr Millis out_of_descriptors_pause = 100ms;

/// A thread inherits what is blocked where it is made.
std::thread start_without_signals(runtime::EpollLoop& loop) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread([&loop] { loop.run(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

struct BackgroundServer::Front final : connection::Front {
  Front(std::unique_ptr<http::Handler> answers, const net::CidrSet& trusted)
      : answering(std::move(answers)) {
    trusted_proxies = &trusted;
  }
  http::Handler& handler() override { return *answering; }
  std::unique_ptr<http::Handler> answering;
};

Result<std::unique_ptr<BackgroundServer>> BackgroundServer::make() {
  auto loop = runtime::EpollLoop::make(0);  // nothing here is left to chance
  if (!loop) return std::unexpected(loop.error());
  return std::unique_ptr<BackgroundServer>(new BackgroundServer(*std::move(loop)));
}

BackgroundServer::BackgroundServer(std::unique_ptr<runtime::EpollLoop> loop)
    : loop_(std::move(loop)), network_(*loop_), server_(*loop_, silence_), tasks_(*loop_) {}

BackgroundServer::~BackgroundServer() {
  if (!thread_.joinable()) return;
  loop_->send([this] { loop_->stop(); });
  thread_.join();
}

Result<net::Address> BackgroundServer::listen(const net::Address& address,
                                              std::unique_ptr<http::Handler> handler) {
  auto listener = network_.listen({.address = address, .shared = false});
  if (!listener) return std::unexpected(listener.error());
  net::Listener& open = *listeners_.emplace_back(*std::move(listener));
  auto port = make_local<connection::Port>();
  port->front = LocalRef<connection::Front>(new Front(std::move(handler), nobody_));
  port->number = open.address().port();
  tasks_.start(accept_all(*this, open, std::move(port)));
  return open.address();
}

void BackgroundServer::start() { thread_ = start_without_signals(*loop_); }

Task<void> BackgroundServer::accept_all(BackgroundServer& self, net::Listener& listener,
                                        LocalRef<connection::Port> port) {
  for (;;) {
    auto accepted = co_await listener.accept();
    if (accepted)
      self.server_.serve(*std::move(accepted), port);
    else
      co_await runtime::pause(*self.loop_, out_of_descriptors_pause);
  }
}

}  // namespace minato::cli
