#include "http/authority.h"

#include <gtest/gtest.h>

#include <string>

#include "base/strings.h"

namespace minato::http {
namespace {

struct Case {
  std::string_view text;
  std::string_view host;
  std::optional<std::uint16_t> port;
};

// RFC 3986 3.2.2 and 3.2.3.
TEST(Authority, TakesNamesAndAddressesWithAndWithoutPort) {
  const Case cases[] = {
      {"example.com", "example.com", {}},
      {"EXAMPLE.com.", "EXAMPLE.com.", {}},
      {"localhost:8080", "localhost", 8080},
      {"a_b-c~d", "a_b-c~d", {}},
      {"xn--bcher-kva.example", "xn--bcher-kva.example", {}},
      {"192.0.2.1:80", "192.0.2.1", 80},
      {"999.1.1.1", "999.1.1.1", {}},  // a name, as any reg-name
      {"h:", "h", {}},
      {"h:0", "h", 0},
      {"h:00080", "h", 80},
      {"h:65535", "h", 65535},
      {"[::1]", "[::1]", {}},
      {"[2001:DB8::1]:443", "[2001:DB8::1]", 443},
      {"[::ffff:192.0.2.1]:", "[::ffff:192.0.2.1]", {}},
      {"!$&'()*+;=", "!$&'()*+;=", {}},
  };
  for (const Case& c : cases) {
    const auto authority = parse_authority(c.text);
    ASSERT_TRUE(authority) << c.text;
    EXPECT_EQ(authority->host, c.host);
    EXPECT_EQ(authority->port, c.port) << c.text;
    const auto [host, port] = split_authority(c.text);
    EXPECT_EQ(host, c.host);
    EXPECT_EQ(parse_number<std::uint16_t>(port), c.port) << c.text;
  }
}

TEST(Authority, RefusesWhatIsNotOneOrIsReadInTwoWays) {
  const std::string too_long(host_bytes_max + 1, 'a');
  for (const std::string_view text : {std::string_view(),
                                      std::string_view(":80"),
                                      std::string_view("user@h"),
                                      std::string_view("user:pw@h"),
                                      std::string_view("h:80:80"),
                                      std::string_view("h:65536"),
                                      std::string_view("h:000080"),
                                      std::string_view("h:+80"),
                                      std::string_view("h:8a"),
                                      std::string_view("h: 80"),
                                      std::string_view("a b"),
                                      std::string_view(" a"),
                                      std::string_view("a/b"),
                                      std::string_view("a?b"),
                                      std::string_view("a#b"),
                                      std::string_view("a\\b"),
                                      std::string_view("a,b"),
                                      std::string_view("a%62"),
                                      std::string_view("a\"b"),
                                      std::string_view("a<b"),
                                      std::string_view("a\0b", 3),
                                      std::string_view("b\xc3\xbc"
                                                       "cher"),
                                      std::string_view("http://h"),
                                      std::string_view("::1"),
                                      std::string_view("[::1"),
                                      std::string_view("::1]"),
                                      std::string_view("[]"),
                                      std::string_view("[::1]x"),
                                      std::string_view("[::1]80"),
                                      std::string_view("x[::1]"),
                                      std::string_view("[v1.a]"),
                                      std::string_view("[fe80::1%25eth0]"),
                                      std::string_view("[192.0.2.1]"),
                                      std::string_view("[[::1]]"),
                                      std::string_view(too_long)})
    EXPECT_FALSE(parse_authority(text)) << text;
}

TEST(Authority, KnowsAnIpv6Address) {  // RFC 3986 3.2.2
  for (const char* const address :
       {"::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1::8",
        "ABCD:ef01::", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::255.255.255.255"})
    EXPECT_TRUE(is_ipv6_address(address)) << address;
  for (const char* const text : {"",
                                 ":",
                                 ":::",
                                 "1",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7:8::",
                                 "1:2:3:4::5:6:7:8",
                                 "1::2::3",
                                 "12345::",
                                 "g::",
                                 "1:2:3:4:5:6:7:",
                                 ":1:2:3:4:5:6:7:8",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "1.2.3.4::",
                                 "::1.2.3",
                                 "::1.2.3.256",
                                 "::1.2.3.04",
                                 "::1.2.3.4:5",
                                 "::1 ",
                                 "::%1"})
    EXPECT_FALSE(is_ipv6_address(text)) << text;
}

}  // namespace
}  // namespace minato::http
