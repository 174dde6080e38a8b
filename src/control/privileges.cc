#include "control/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

namespace minato::control {
namespace {

struct User {
  uid_t uid;
  gid_t gid;
};

std::optional<User> find_user(const std::string& name) {
  std::vector<char> buffer(1024);
  passwd entry{};
  passwd* found = nullptr;
  while (::getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == ERANGE)
    buffer.resize(2 * buffer.size());
  if (found == nullptr) return std::nullopt;
  return User{found->pw_uid, found->pw_gid};
}

std::unexpected<Error> denied(const char* detail) {
  return fail(Fault::denied, Side::local, detail, errno);
}

/// Of the capabilities that this thread may use, keeps the one to bind low ports, where it has it.
bool keep_low_ports_alone() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> sets{};  // 64 capabilities, 32 in each
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  const std::uint32_t kept = sets[0].permitted & (1u << CAP_NET_BIND_SERVICE);
  sets = {{{.effective = kept, .permitted = kept, .inheritable = 0}, {}}};
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

}  // namespace

std::optional<unsigned> user_to_become(const std::string& user) {
  if (user.empty() || ::geteuid() != 0) return std::nullopt;
  const auto found = find_user(user);
  if (!found || found->uid == 0) return std::nullopt;
  return found->uid;
}

Result<void> become_user(const std::string& user) {
  const auto found = find_user(user);
  if (!found) return fail(Fault::not_found, Side::local, "there is no such user");
  if (found->uid == 0 || found->uid == ::geteuid()) return {};
  if (::geteuid() != 0)
    return fail(Fault::denied, Side::local, "only root can become another user", EPERM);
  // Otherwise the kernel takes all capabilities with the user id.
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return denied("cannot keep a capability");
  if (::initgroups(user.c_str(), found->gid) != 0) return denied("cannot take the user's groups");
  if (::setresgid(found->gid, found->gid, found->gid) != 0)
    return denied("cannot take the user's group");
  if (::setresuid(found->uid, found->uid, found->uid) != 0) return denied("cannot become the user");
  if (!keep_low_ports_alone()) return denied("cannot give up capabilities");
  if (::prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) != 0 || ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return denied("cannot give up gaining privileges");
  if (::setuid(0) == 0) return fail(Fault::denied, Side::local, "the system gives root back");
  return {};
}

}  // namespace minato::control
