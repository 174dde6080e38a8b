#include "net/ports.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/strings.h"
#include "net/socket.h"

namespace minato::net {
namespace {

namespace fs = std::filesystem;

std::string_view take_word(std::string_view& rest) {
  rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  return take_until(rest, ' ');
}

/// "0100007F:0050": the port, and the address by words of four bytes in the host's order.
std::optional<Address> parse_place(std::string_view place) {
  std::string_view words = take_until(place, ':');
  const auto port = parse_number<std::uint16_t>(place, 16);
  if (!port || (words.size() != 8 && words.size() != 32)) return std::nullopt;
  std::string bytes;
  for (; !words.empty(); words.remove_prefix(8)) {
    const auto word = parse_number<std::uint32_t>(words.substr(0, 8), 16);
    if (!word) return std::nullopt;
    bytes.append(reinterpret_cast<const char*>(&*word), sizeof *word);
  }
  return Address::of_ip(bytes, *port);
}

using Inodes = std::set<ino_t>;

Inodes listening_at(const Address& address) {
  Inodes found;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream rows(table);
    for (std::string row; std::getline(rows, row);)
      if (const auto socket = parse_socket_row(row); socket && overlap(socket->address, address))
        found.insert(socket->inode);
  }
  return found;
}

/// Calls `visit` with each entry of `folder`; with none where we may not look.
template <class Visit>
void for_each_entry(const fs::path& folder, Visit visit) {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    visit(at->path());
}

/// Those of `wanted` that the process (a number, or "self") has open.
Inodes held_by(std::string_view process, const Inodes& wanted) {
  constexpr std::string_view head = "socket:[";
  Inodes held;
  for_each_entry(fs::path("/proc") / process / "fd", [&](const fs::path& entry) {
    std::error_code failed;
    const std::string target = fs::read_symlink(entry, failed).string();
    if (!target.starts_with(head)) return;
    std::string_view rest = std::string_view(target).substr(head.size());
    const auto inode = parse_number<std::uint64_t>(take_until(rest, ']'));
    if (inode && wanted.contains(*inode)) held.insert(*inode);
  });
  return held;
}

bool is_ours_alone(const Address& address) {
  const Inodes there = listening_at(address);
  return !there.empty() && held_by("self", there) == there;
}

std::string name_of(pid_t pid) {
  std::ifstream file(fs::path("/proc") / std::to_string(pid) / "comm");
  std::string name;
  std::getline(file, name);
  return name;
}

}  // namespace

Result<void> claim_port(const Address& address) {
  const auto probe = bind_socket(address, SharePort::no);
  if (probe) return {};
  if (probe.error().os_errno == EADDRINUSE && is_ours_alone(address)) return {};
  return std::unexpected(probe.error());
}

std::optional<PortHolder> holder_of(const Address& address) {
  const Inodes there = listening_at(address);
  std::optional<PortHolder> holder;
  if (there.empty()) return holder;
  for_each_entry("/proc", [&](const fs::path& entry) {
    const auto pid = parse_number<unsigned>(entry.filename().native());
    if (holder || !pid || static_cast<pid_t>(*pid) == ::getpid()) return;
    if (held_by(entry.filename().native(), there).empty()) return;
    holder = PortHolder{name_of(static_cast<pid_t>(*pid)), static_cast<pid_t>(*pid)};
  });
  return holder;
}

std::optional<ListeningSocket> parse_socket_row(std::string_view row) {
  std::array<std::string_view, 10>
      words;  // sl local remote st queues timer retransmits uid … inode
  for (std::string_view& word : words) word = take_word(row);
  const auto address = parse_place(words[1]);
  const auto inode = parse_number<std::uint64_t>(words[9]);
  if (!address || !inode || words[3] != "0A") return std::nullopt;  // 0A: TCP_LISTEN
  return ListeningSocket{*address, *inode};
}

}  // namespace minato::net
