// Listening on a path: who may connect, whose file it is, and what to do with one that is there.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/error.h"
#include "base/fd.h"
#include "net/address.h"

namespace minato::net {

/// The file of a listening Unix socket. Removes it when it dies, unless the path has become
/// another's file meanwhile. Whoever may not remove it leaves it, and it is replaced at the next
/// start.
class SocketFile {
 public:
  SocketFile() = default;
  explicit SocketFile(std::string path);
  SocketFile(SocketFile&& other) noexcept { *this = std::move(other); }
  SocketFile& operator=(SocketFile&& other) noexcept;
  ~SocketFile() { remove(); }
  void remove() noexcept;

 private:
  std::string path_;  // empty: none
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// A listening socket at `path`, which nobody but its owner may open (mode 0600), ever. A socket
/// file that nobody listens behind any more is replaced. Of two programs that start in the same
/// moment one has the path.
/// Errors: denied with EADDRINUSE, where somebody answers there or the file is not a socket;
/// denied, not_found and others with their errno.
Result<Fd> listen_on_path(const Address& path, int backlog, SocketFile& file);

/// False where the file belongs to neither `user` nor root: in a folder that all may write to,
/// anyone may have put a socket under that name. Root may speak to everybody's, and what is not
/// there is no danger.
bool is_trusted_socket(const std::string& path, unsigned user);

}  // namespace minato::net
