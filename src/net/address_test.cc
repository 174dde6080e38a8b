#include "net/address.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace minato::net {
namespace {

Address round_trip(const Address& address) {
  sockaddr_storage storage;
  const socklen_t size = address.to_sockaddr(storage);
  return Address::from(reinterpret_cast<const sockaddr*>(&storage), size);
}

TEST(Address, IsWrittenAsPeopleWriteIt) {
  struct Row {
    const char *literal, *host, *text;
  };
  for (const Row& row :
       {Row{"10.0.0.1", "10.0.0.1", "10.0.0.1:80"}, Row{"::1", "::1", "[::1]:80"},
        Row{"2001:DB8:0:0::00a", "2001:db8::a", "[2001:db8::a]:80"}, Row{"::", "::", "[::]:80"}}) {
    const auto address = Address::parse(row.literal, 80);
    ASSERT_TRUE(address) << row.literal;
    EXPECT_EQ(address->host_text(), row.host);
    EXPECT_EQ(address->text(), row.text);
    EXPECT_EQ(round_trip(*address), *address);
  }
}

TEST(Address, AnIpv4AddressInIpv6FormIsTheIpv4Address) {
  const auto mapped = Address::parse("::ffff:192.0.2.1", 80);
  ASSERT_TRUE(mapped);
  EXPECT_EQ(mapped, Address::parse("192.0.2.1", 80));
  EXPECT_EQ(mapped->family(), Address::Family::ipv4);

  sockaddr_in6 seen{.sin6_family = AF_INET6, .sin6_port = htons(7)};
  constexpr unsigned char bytes[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
  std::copy(std::begin(bytes), std::end(bytes), seen.sin6_addr.s6_addr);
  EXPECT_EQ(Address::from(reinterpret_cast<const sockaddr*>(&seen), sizeof seen).text(),
            "192.0.2.1:7");
}

TEST(Address, TakesStrictLiteralsOnly) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "1"sv, "1.2.3"sv, "1.2.3.4.5"sv, "01.2.3.4"sv, "0x1.2.3.4"sv, "1.2.3.256"sv,
        " 1.2.3.4"sv, "1.2.3.4 "sv, "1.2.3.4\0"sv, "1.2.3.4:80"sv, "[::1]"sv, ":::"sv, "1::2::3"sv,
        "fe80::1%eth0"sv, "12345::"sv, "localhost"sv,
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"sv})
    EXPECT_FALSE(Address::parse(text, 80)) << text;
}

TEST(Address, TakesAPortBehindTheLiteral) {
  struct Row {
    const char *text, *is;  // empty: refused
  };
  for (const Row& row :
       {Row{"10.0.0.1", "10.0.0.1:53"}, Row{"10.0.0.1:80", "10.0.0.1:80"}, Row{"::1", "[::1]:53"},
        Row{"[::1]", "[::1]:53"}, Row{"[::1]:80", "[::1]:80"},
        Row{"2001:db8::1:80", "[2001:db8::1:80]:53"}, Row{"10.0.0.1:", ""}, Row{"10.0.0.1:x", ""},
        Row{"10.0.0.1:65536", ""}, Row{"[::1]80", ""}, Row{"[10.0.0.1]:80", ""}, Row{"[::1", ""},
        Row{"::1]:80", ""}, Row{":80", ""}, Row{"", ""}, Row{"[]", ""}, Row{"host:80", ""},
        Row{"[::1]:", ""}}) {
    const auto address = Address::parse_with_port(row.text, 53);
    EXPECT_EQ(address ? address->text() : "", row.is) << row.text;
  }
}

TEST(Address, AUnixPathFitsOrIsRefused) {
  const auto path = Address::unix_path("/run/app.sock");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->text(), "unix:/run/app.sock");
  EXPECT_EQ(path->host_text(), "/run/app.sock");
  EXPECT_EQ(round_trip(*path), *path);
  const auto longest = Address::unix_path(std::string(107, 'x'));
  ASSERT_TRUE(longest);
  EXPECT_EQ(round_trip(*longest), *longest);
  EXPECT_FALSE(Address::unix_path(std::string(108, 'x')));
  EXPECT_FALSE(Address::unix_path(""));
  EXPECT_FALSE(Address::unix_path(std::string_view("a\0b", 3)));
}

TEST(Address, APeerWithoutAPathHasAnEmptyOne) {
  const sockaddr unnamed{.sa_family = AF_UNIX, .sa_data = {}};
  const Address address = Address::from(&unnamed, sizeof unnamed.sa_family);
  EXPECT_EQ(address.family(), Address::Family::unix_path);
  EXPECT_EQ(address.host_text(), "");
}

TEST(Address, KnowsLoopbackAndWildcard) {
  EXPECT_TRUE(Address::parse("127.8.9.10", 0)->is_loopback());
  EXPECT_TRUE(Address::parse("::1", 0)->is_loopback());
  EXPECT_FALSE(Address::parse("10.0.0.1", 0)->is_loopback());
  EXPECT_FALSE(Address::unix_path("/127")->is_loopback());
  EXPECT_TRUE(Address::parse("0.0.0.0", 1)->is_wildcard());
  EXPECT_TRUE(Address::parse("::", 1)->is_wildcard());
  EXPECT_FALSE(Address::parse("0.0.0.1", 1)->is_wildcard());
  EXPECT_FALSE(Address().is_wildcard());
}

TEST(Address, OverlapsWhatAListenerThereWouldTakeToo) {
  const auto ip = [](std::string_view text, std::uint16_t port = 80) {
    return *Address::parse(text, port);
  };
  EXPECT_TRUE(overlap(ip("10.0.0.1"), ip("10.0.0.1")));
  EXPECT_FALSE(overlap(ip("10.0.0.1"), ip("10.0.0.1", 81)));
  EXPECT_FALSE(overlap(ip("10.0.0.1"), ip("10.0.0.2")));
  for (const std::string_view other : {"10.0.0.1", "::1", "0.0.0.0", "::"}) {
    EXPECT_TRUE(overlap(ip("::"), ip(other))) << other;
    EXPECT_TRUE(overlap(ip(other), ip("::"))) << other;
  }
  EXPECT_TRUE(overlap(ip("0.0.0.0"), ip("10.0.0.1")));
  EXPECT_FALSE(overlap(ip("0.0.0.0"), ip("::1")));
  EXPECT_FALSE(overlap(*Address::unix_path("/a"), ip("::", 0)));
}

TEST(Address, HashesEveryKind) {
  std::unordered_set<Address> seen;
  for (const auto& address :
       {Address::parse("10.0.0.1", 1), Address::parse("10.0.0.1", 2), Address::parse("10.0.0.2", 1),
        Address::parse("::1", 1), Address::unix_path("/a"), Address::unix_path("/b")})
    seen.insert(*address);
  EXPECT_EQ(seen.size(), 6u);
  EXPECT_NE(Address::unix_path("/a")->hash(), Address::unix_path("/b")->hash());
  EXPECT_EQ(Address::parse("::ffff:10.0.0.1", 1)->hash(), Address::parse("10.0.0.1", 1)->hash());
}

}  // namespace
}  // namespace minato::net
