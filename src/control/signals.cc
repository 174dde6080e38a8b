#include "control/signals.h"

#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>

namespace minato::control {
namespace {

sigset_t answered() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGHUP, SIGTERM, SIGINT, SIGUSR1}) sigaddset(&set, number);
  return set;
}

}  // namespace

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
