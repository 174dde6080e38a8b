#include "net/unix_socket.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <thread>
#include <utility>

#include "net/socket.h"

namespace minato::net {
namespace {

/// Calls bind or connect.
template <class Call>
bool at_path(Call call, const Fd& socket, const Address& path) {
  sockaddr_storage storage;
  const socklen_t size = path.to_sockaddr(storage);
  return call(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size) == 0;
}

std::unexpected<Error> fail_here(const char* detail, int os_errno) {
  return fail(fault_of_errno(os_errno), Side::local, detail, os_errno);
}

/// How long the start waits for another that holds the folder's lock.
constexpr int lock_tries = 100;
constexpr std::chrono::milliseconds lock_pause{10};

/// A lock of the folder that the path is in: between bind and listen a socket looks as stale as one
/// that was left behind, and another start would remove it. Where the folder cannot be locked, as
/// one that may not be read, that danger remains.
Fd lock_folder_of(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  Fd lock(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; lock && i < lock_tries && ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0; ++i)
    std::this_thread::sleep_for(lock_pause);
  return lock;
}

/// Removes a socket file that nobody listens behind.
Result<void> clear_path(const Address& path) {
  const std::string name = path.host_text();
  struct stat found;
  if (::lstat(name.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return fail_here("a file that is no socket has the path", EADDRINUSE);
  auto probe = open_socket(Address::Family::unix_path);
  if (!probe) return std::unexpected(probe.error());
  if (at_path(::connect, *probe, path) || errno == EAGAIN)  // EAGAIN: the queue behind it is full
    return fail_here("another program listens at the path", EADDRINUSE);
  if (errno != ECONNREFUSED && errno != ENOENT) return fail_here("cannot probe the path", errno);
  if (::unlink(name.c_str()) != 0 && errno != ENOENT)
    return fail_here("cannot replace the stale socket", errno);
  return {};
}

}  // namespace

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat file;
  if (::lstat(path_.c_str(), &file) != 0) return;
  device_ = file.st_dev;
  inode_ = file.st_ino;
}

SocketFile& SocketFile::operator=(SocketFile&& other) noexcept {
  if (this == &other) return *this;
  remove();
  path_ = std::exchange(other.path_, {});
  device_ = other.device_;
  inode_ = other.inode_;
  return *this;
}

void SocketFile::remove() noexcept {
  struct stat file;
  if (!path_.empty() && ::lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ &&
      file.st_ino == inode_)
    ::unlink(path_.c_str());
  path_.clear();
}

Result<Fd> listen_on_path(const Address& path, int backlog, SocketFile& file) {
  auto socket = open_socket(Address::Family::unix_path);
  if (!socket) return socket;
  const Fd lock = lock_folder_of(path.host_text());
  if (auto clear = clear_path(path); !clear) return std::unexpected(clear.error());
  // The file takes the mode of the socket it is made for: there is no moment of another mode, and
  // the umask, which all threads share, is left alone.
  if (::fchmod(socket->get(), S_IRUSR | S_IWUSR) != 0)
    return fail_here("cannot keep others from the socket", errno);
  if (!at_path(::bind, *socket, path)) return fail_here("cannot make the socket's file", errno);
  file = SocketFile(path.host_text());
  if (::listen(socket->get(), backlog) != 0) return fail_here("cannot listen at the path", errno);
  return socket;
}

bool is_trusted_socket(const std::string& path, unsigned user) {
  struct stat file;
  if (user == 0 || ::lstat(path.c_str(), &file) != 0) return true;
  return file.st_uid == user || file.st_uid == 0;
}

}  // namespace minato::net
