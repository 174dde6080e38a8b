#include "config/machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "config/test_root.h"
#include "config/testing.h"

namespace minato::config::testing {
namespace {

std::string problems_here(std::string_view raw) {
  return render(load_text("config.yaml", text(raw), {}, Machine::this_one).problems);
}

TEST(Machine, WhatItLacksIsAWarning) {
  const std::string raw = R"(
user: nobody-of-that-name
admin: {listen: "127.0.0.1:81", token_file: /nonexistent/token}
access_log: {output: /nonexistent/access.log}
)" + one_service;
  EXPECT_EQ(problems_here(raw), text(R"(
config.yaml:1:7: warning: user: this machine has no user "nobody-of-that-name"; a start here would fail
     1 | user: nobody-of-that-name
       |       ^~~~~~~~~~~~~~~~~~~

config.yaml:2:45: warning: admin.token_file: cannot read "/nonexistent/token": No such file or directory; a start here would fail
     2 | admin: {listen: "127.0.0.1:81", token_file: /nonexistent/token}
       |                                             ^~~~~~~~~~~~~~~~~~

config.yaml:3:22: warning: access_log.output: cannot write "/nonexistent/access.log": No such file or directory; a start here would fail
     3 | access_log: {output: /nonexistent/access.log}
       |                      ^~~~~~~~~~~~~~~~~~~~~~~

3 warnings
)"));
  EXPECT_EQ(problems_of(raw), "");  // of any machine
}

TEST(Machine, WhereNothingCanListenIsAWarning) {
  EXPECT_EQ(problems_here("control_socket: /nonexistent/a.sock\n" + one_service), text(R"(
config.yaml:1:17: warning: control_socket: nothing can listen at "/nonexistent/a.sock": No such file or directory; a start here would do without it
     1 | control_socket: /nonexistent/a.sock
       |                 ^~~~~~~~~~~~~~~~~~~

1 warning
)"));
  EXPECT_EQ(problems_here("control_socket: /tmp\n" + one_service), text(R"(
config.yaml:1:17: warning: control_socket: nothing can listen at "/tmp": it is a directory; a start here would do without it
     1 | control_socket: /tmp
       |                 ^~~~

1 warning
)"));
  const auto taken = problems_here("control_socket: /etc/passwd\n" + one_service);
  EXPECT_THAT(taken, ::testing::HasSubstr("it is a file of another kind"));
  EXPECT_EQ(problems_of("control_socket: /nonexistent/a.sock\n" + one_service), "");
}

TEST(Machine, ASocketThatIsThereMayBeOurs) {
  const Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string path = ::testing::TempDir() + "minato-machine-test.sock";
  ::unlink(path.c_str());
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(problems_here("control_socket: " + path + "\n" + one_service), "");
  ::unlink(path.c_str());
}

TEST(Machine, ACacheLargerThanItsMemoryIsAWarningAtTheStartToo) {
  const std::string raw = "cache: {max_memory: 16TiB}\n" + one_service;
  for (const Machine machine : {Machine::this_one, Machine::started_on}) {
    const std::string told = render(load_text("config.yaml", raw, {}, machine).problems);
    EXPECT_THAT(told, ::testing::StartsWith("config.yaml:1:21: warning: cache.max_memory: 16TiB is "
                                            "more memory than "));
  }
  EXPECT_EQ(problems_of(raw), "");
  EXPECT_EQ(problems_here("cache: {max_memory: 4MiB, max_body_size: 1MiB}\n" + one_service), "");
}

/// What is told of `max_memory` where "/" is `root`.
std::string told_of_memory(Bytes max_memory, const std::string& root) {
  Config config;
  config.cache.emplace().max_memory = max_memory;
  schema::Problems problems(std::vector{schema::Source{"config.yaml", ""}});
  check_memory(config, problems, root);
  return render(problems.take());
}

TEST(Machine, ACacheLargerThanItsControlGroupMayTakeIsAWarning) {
  FakeRoot root;
  EXPECT_THAT(told_of_memory(Bytes{1ull << 44}, root.path()),
              ::testing::HasSubstr("16TiB is more memory than this machine has, "));
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/memory.max", "134217728\n");
  EXPECT_EQ(told_of_memory(129_MiB, root.path()),
            "config.yaml: warning: cache.max_memory: 129MiB is more memory than the control group "
            "(cgroup) here may take, 128.0MiB; long before the cache is full the system would end "
            "the program\n\n1 warning\n");
  EXPECT_EQ(told_of_memory(128_MiB, root.path()), "");
  root.write("sys/fs/cgroup/memory.max", "17592186044415\n");  // more than the machine has
  EXPECT_THAT(told_of_memory(Bytes{1ull << 44}, root.path()),
              ::testing::HasSubstr("16TiB is more memory than this machine has, "));
}

TEST(Machine, ADirectoryIsNoLog) {
  EXPECT_EQ(problems_here("access_log: {output: /tmp}\n" + one_service), text(R"(
config.yaml:1:22: warning: access_log.output: cannot write "/tmp": Is a directory; a start here would fail
     1 | access_log: {output: /tmp}
       |                      ^~~~

1 warning
)"));
}

/// Warnings about `user` where somebody who is not root looks.
std::string problems_for_nobody(const std::string& user) {
  const uid_t us = ::geteuid();
  const bool was_root = us == 0 && ::seteuid(::getpwnam("nobody")->pw_uid) == 0;
  auto problems = problems_here("user: " + user + "\n" + one_service);
  EXPECT_TRUE(!was_root || ::seteuid(us) == 0);
  return problems;
}

TEST(Machine, OnlyRootCanBecomeAnotherUser) {
  EXPECT_EQ(problems_for_nobody("daemon"), text(R"(
config.yaml:1:7: warning: user: only root can become "daemon"; a start here would fail
     1 | user: daemon
       |       ^~~~~~

1 warning
)"));
  EXPECT_EQ(problems_for_nobody("root"), "");  // stays who it is
}

TEST(Machine, WhatItHasIsNone) {
  EXPECT_EQ(problems_here(R"(
user: root
admin: {listen: "127.0.0.1:81", token_file: /etc/passwd}
log: {output: stdout}
access_log: {output: /tmp/minato-that-is-not-there-yet.log}
)" + one_service),
            "");
}

}  // namespace
}  // namespace minato::config::testing
