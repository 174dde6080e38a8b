#include "control/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <initializer_list>

namespace minato::control {
namespace {

sigset_t set_of(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  return set;
}

sigset_t answered() { return set_of({SIGHUP, SIGTERM, SIGINT, SIGUSR1}); }

}  // namespace

void block_requests() {
  const sigset_t set = set_of({SIGHUP, SIGUSR1});
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

void block_signals() {
  const sigset_t set = answered();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

Result<std::unique_ptr<Signals>> Signals::make(runtime::EpollLoop& loop, Listener heard) {
  const sigset_t set = answered();
  Fd fd(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!fd) return fail(Fault::resource, Side::local, "cannot hear signals", errno);
  std::unique_ptr<Signals> signals(new Signals(loop, std::move(fd), std::move(heard)));
  if (auto watched = loop.watch(signals->fd_.get(), *signals); !watched)
    return std::unexpected(watched.error());
  return signals;
}

Signals::~Signals() { loop_.forget(*this); }

void Signals::ready(runtime::Readiness) {
  signalfd_siginfo info;
  while (::read(fd_.get(), &info, sizeof info) == sizeof info)
    heard_(static_cast<int>(info.ssi_signo));
}

}  // namespace minato::control
