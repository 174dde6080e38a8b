#include "base/error.h"

#include <cerrno>
#include <utility>

namespace minato {

Fault fault_of_errno(int os_errno) noexcept {
  switch (os_errno) {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN: return Fault::refused;
    case ENOENT:  // a Unix socket that is not there
      return Fault::not_found;
    case ETIMEDOUT: return Fault::timed_out;
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
    case ENOTCONN: return Fault::reset;
    case EACCES:
    case EPERM:
    case EADDRINUSE:
    case EADDRNOTAVAIL: return Fault::denied;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // also of epoll, where a user may watch no more descriptors
      return Fault::resource;
    default: return Fault::closed;
  }
}

std::string_view name(Fault fault) noexcept {
  switch (fault) {
    case Fault::refused: return "refused";
    case Fault::timed_out: return "timed out";
    case Fault::closed: return "closed";
    case Fault::reset: return "reset";
    case Fault::malformed: return "malformed";
    case Fault::too_large: return "too large";
    case Fault::fields_too_large: return "fields too large";
    case Fault::not_found: return "not found";
    case Fault::denied: return "denied";
    case Fault::resource: return "out of resources";
    case Fault::cancelled: return "cancelled";
  }
  std::unreachable();
}

std::string_view name(Side side) noexcept {
  switch (side) {
    case Side::local: return "local";
    case Side::downstream: return "downstream";
    case Side::upstream: return "upstream";
  }
  std::unreachable();
}

}  // namespace minato
