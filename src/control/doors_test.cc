#include "control/doors.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/random.h"

namespace minato::control {
namespace {

net::Address door(std::uint16_t port) { return *net::Address::parse("127.0.0.1", port); }

bool is_of(std::string_view host, std::string_view wildcard) {
  return wildcard.starts_with('*') && host.ends_with(wildcard.substr(1));
}

TEST(Doors, OfTwoThatDoNotMeetNeitherIsAnother) {
  Doors doors;
  doors.add("a.test", door(1));
  doors.add("b.test", door(2));
  EXPECT_FALSE(doors.has_another("a.test", door(1)));
  EXPECT_FALSE(doors.has_another("b.test", door(2)));
}

TEST(Doors, AgreesWithWhoComparesEachWithEach) {
  Random random(1);
  const auto host = [&] {
    std::string text(1, "ab*"[random.below(3)]);
    for (auto left = random.below(3); left > 0; --left) text += random.one_in(2) ? ".a" : ".b";
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    Doors doors;
    std::vector<std::pair<std::string, net::Address>> all;
    for (auto left = 1 + random.below(6); left > 0; --left)
      all.emplace_back(host(), door(static_cast<std::uint16_t>(1 + random.below(3))));
    for (const auto& [name, address] : all) doors.add(name, address);
    for (const auto& [name, address] : all) {
      bool expected = false;
      for (const auto& [other, its] : all)
        expected |= its != address && (name == other || is_of(name, other) || is_of(other, name));
      EXPECT_EQ(doors.has_another(name, address), expected) << name << " in round " << round;
    }
  }
}

}  // namespace
}  // namespace minato::control
