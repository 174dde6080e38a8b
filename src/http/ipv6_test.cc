#include "http/ipv6.h"

#include <gtest/gtest.h>

namespace minato::http {
namespace {

TEST(Ipv6, SpellsOfOneAddressAreOne) {
  const struct {
    std::string_view a, b;
  } rows[] = {
      {"2001:db8::1", "2001:DB8:0::1"},
      {"2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001"},
      {"::", "0:0:0:0:0:0:0:0"},
      {"::1", "0::1"},
      {"1::", "1:0:0:0::"},
      {"::ffff:192.0.2.1", "::ffff:c000:201"},
      {"64:ff9b::192.0.2.33", "64:ff9b:0:0:0:0:192.0.2.33"},
  };
  for (const auto& row : rows) {
    ASSERT_TRUE(parse_ipv6(row.a)) << row.a;
    EXPECT_EQ(parse_ipv6(row.a), parse_ipv6(row.b)) << row.a << " " << row.b;
  }
}

TEST(Ipv6, IsInNetworkOrder) {
  const Ipv6Bytes expected{0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0x00, 0x02, 0x01};
  EXPECT_EQ(parse_ipv6("2001:db8::192.0.2.1"), expected);
}

TEST(Ipv6, RefusesWhatIsNoAddress) {
  for (const std::string_view text : {"",
                                      ":",
                                      ":::",
                                      "1",
                                      "1:2:3:4:5:6:7",
                                      "1:2:3:4:5:6:7:8:9",
                                      "1::2::3",
                                      "1:2:3:4:5:6:7::8",
                                      "12345::",
                                      "g::",
                                      "::1.2.3",
                                      "::1.2.3.4.5",
                                      "::256.0.0.1",
                                      "::01.2.3.4",
                                      "1.2.3.4::",
                                      "::1.2.3.4:5",
                                      "1:",
                                      ":1",
                                      "fe80::1%eth0",
                                      "[::1]",
                                      "+1::",
                                      "::-1"})
    EXPECT_FALSE(parse_ipv6(text)) << text;
}

}  // namespace
}  // namespace minato::http
