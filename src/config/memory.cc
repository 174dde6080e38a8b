#include "config/memory.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "base/strings.h"

namespace minato::config {
namespace {

using std::filesystem::path;
using Limit = std::optional<std::uint64_t>;

/// Where one kind of control groups is mounted, and what its limit is called.
struct Groups {
  const char* folder;
  const char* file;
};
constexpr Groups version_2{"sys/fs/cgroup", "memory.max"};
constexpr Groups version_1{"sys/fs/cgroup/memory", "memory.limit_in_bytes"};

Limit smaller(Limit a, Limit b) {
  if (!a || !b) return a ? a : b;
  return std::min(a, b);
}

/// nullopt of what is not there, and of "max".
Limit limit_in(const path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return parse_number<std::uint64_t>(trim(line));
}

/// Each group is bounded by those around it, too. In a container the ones that the kernel names may
/// be out of sight, and its own is what is mounted.
Limit limit_of(const Groups& groups, std::string_view group, const path& root) {
  const path top = root / groups.folder;
  path inside = path("/" + std::string(group)).lexically_normal();  // no way out by "/.."
  Limit least = limit_in(top / groups.file);
  for (; inside.has_relative_path(); inside = inside.parent_path())
    least = smaller(least, limit_in(top / inside.relative_path() / groups.file));
  return least;
}

bool lists(std::string_view controllers, std::string_view name) {
  while (!controllers.empty())
    if (take_until(controllers, ',') == name) return true;
  return false;
}

}  // namespace

std::optional<std::uint64_t> group_memory_limit(const std::string& root) {
  std::ifstream in(path(root) / "proc/self/cgroup");
  Limit least;
  for (std::string line; std::getline(in, line);) {  // number:controllers:group
    std::string_view rest = line;
    const bool is_version_2 = take_until(rest, ':') == "0";
    const auto controllers = take_until(rest, ':');
    if (is_version_2)
      least = smaller(least, limit_of(version_2, rest, root));
    else if (lists(controllers, "memory"))
      least = smaller(least, limit_of(version_1, rest, root));
  }
  return least;
}

std::optional<std::uint64_t> machine_memory() {
  const auto pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
}

}  // namespace minato::config
