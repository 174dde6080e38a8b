#include "config/memory.h"

#include <gtest/gtest.h>

#include "config/test_root.h"

namespace minato::config::testing {
namespace {

struct GroupMemory : ::testing::Test {
  void groups(const std::string& text) { root.write("proc/self/cgroup", text); }
  void v2(const std::string& group, const std::string& text) {
    root.write("sys/fs/cgroup" + group + "/memory.max", text + "\n");
  }
  void v1(const std::string& group, const std::string& text) {
    root.write("sys/fs/cgroup/memory" + group + "/memory.limit_in_bytes", text + "\n");
  }
  std::optional<std::uint64_t> limit() const { return group_memory_limit(root.path()); }
  FakeRoot root;
};

TEST_F(GroupMemory, IsNotToldWhereThereAreNoGroups) {
  EXPECT_EQ(limit(), std::nullopt);
  groups("0::/a\n");
  EXPECT_EQ(limit(), std::nullopt);
  groups("what is this\n\n:::\n0\n");
  EXPECT_EQ(limit(), std::nullopt);
}

TEST_F(GroupMemory, IsTheLeastOfAllGroupsAround) {
  groups("0::/system.slice/minato.service\n");
  v2("/system.slice/minato.service", "max");
  EXPECT_EQ(limit(), std::nullopt);
  v2("/system.slice", "2000");
  EXPECT_EQ(limit(), 2000u);
  v2("/system.slice/minato.service", "3000");
  EXPECT_EQ(limit(), 2000u);
  v2("/system.slice/minato.service", "1000");
  EXPECT_EQ(limit(), 1000u);
  v2("/system.slice/other.service", "10");
  EXPECT_EQ(limit(), 1000u);
}

TEST_F(GroupMemory, OfAContainerIsThatOfWhatIsMounted) {
  v2("", "1000");
  for (const auto* const told :
       {"0::/\n", "0::/docker/1234\n", "0::/../1234\n", "0::/a (deleted)\n"}) {
    groups(told);
    EXPECT_EQ(limit(), 1000u) << told;
  }
}

TEST_F(GroupMemory, NoNameLeadsOutOfTheMount) {
  groups("0::/../../outside\n");
  root.write("sys/outside/memory.max", "10\n");
  root.write("outside/memory.max", "10\n");
  EXPECT_EQ(limit(), std::nullopt);
}

TEST_F(GroupMemory, WhatIsNoNumberIsNoLimit) {
  groups("0::/\n");
  for (const auto* const text : {"max", "", "-1", "1x", "99999999999999999999999"}) {
    v2("", text);
    EXPECT_EQ(limit(), std::nullopt) << text;
  }
}

TEST_F(GroupMemory, OfVersion1IsThatOfItsMemoryController) {
  groups(
      "9:cpu,cpuacct:/cpu\n4:hugetlb,memory:/docker/1\n1:name=systemd:/docker/1\n0::/docker/1\n");
  v1("", "9223372036854771712");
  EXPECT_EQ(limit(), 9223372036854771712u) << "as no limit is written there";
  v1("/docker/1", "1000");
  EXPECT_EQ(limit(), 1000u);
  v1("/cpu", "10");
  EXPECT_EQ(limit(), 1000u);
  v2("/docker/1", "500");
  EXPECT_EQ(limit(), 500u) << "both count";
}

}  // namespace
}  // namespace minato::config::testing
