#include "observe/writer_thread.h"

#include <pthread.h>

#include <csignal>

namespace minato::observe {
namespace {

/// A thread begins with the signal mask of the one that makes it.
std::thread start_without_signals(std::packaged_task<void()> task) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(task));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_setname_np(thread.native_handle(), "minato-log");
  return thread;
}

}  // namespace

WriterThread::WriterThread(std::move_only_function<void()> body) {
  std::packaged_task<void()> task(std::move(body));
  ended_ = task.get_future();
  thread_ = start_without_signals(std::move(task));
}

WriterThread::~WriterThread() {
  if (thread_.joinable()) thread_.join();
}

bool WriterThread::join_within(Millis bound) {
  if (!thread_.joinable()) return true;
  const bool ended = ended_.wait_for(bound) == std::future_status::ready;
  if (ended)
    thread_.join();
  else
    thread_.detach();
  return ended;
}

}  // namespace minato::observe
