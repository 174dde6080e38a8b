#include "net/unix_socket.h"

#include <sys/stat.h>

#include <cerrno>
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

}  // namespace minato::net
