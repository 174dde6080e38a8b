#include "config/control_socket.h"

#include <gtest/gtest.h>

namespace minato::config {
namespace {

TEST(ControlSocketPath, IsWhatTheSettingSays) {
  EXPECT_EQ(control_socket_path("/srv/m.sock", {.user = "web"}), "/srv/m.sock");
}

TEST(ControlSocketPath, IsNoneWhereTheSettingIsOff) {
  EXPECT_EQ(control_socket_path("off", {.user = "web"}), "");
}

TEST(ControlSocketPath, IsInTheRuntimeDirectoryOfTheUser) {
  EXPECT_EQ(control_socket_path("auto", {.user = "web", .runtime_directory = "/run/user/7"}),
            "/run/user/7/minato-web.sock");
  EXPECT_EQ(control_socket_path("auto", {.user = "web"}), "/tmp/minato-web.sock");
}

TEST(ControlSocketPath, OfRootDoesNotDependOnItsSession) {
  EXPECT_EQ(control_socket_path("auto",
                                {.user = "root", .root = true, .runtime_directory = "/run/user/0"}),
            "/run/minato-root.sock");
}

TEST(OperatorOfProcess, HasAName) {
  const Operator self = operator_of_process("/run/user/7");
  EXPECT_FALSE(self.user.empty());
  EXPECT_EQ(self.runtime_directory, "/run/user/7");
}

}  // namespace
}  // namespace minato::config
