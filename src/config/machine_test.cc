#include "config/machine.h"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

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
