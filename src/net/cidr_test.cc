#include "net/cidr.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "net/options.h"

namespace minato::net {
namespace {

Address ip(std::string_view literal) { return Address::parse(literal, 80).value(); }

TEST(Cidr, HoldsTheAddressesOfItsPrefix) {
  struct Row {
    const char *block, *address;
    bool inside;
  };
  for (const Row& row : {
           Row{"10.0.0.0/8", "10.255.255.255", true},
           Row{"10.0.0.0/8", "11.0.0.0", false},
           Row{"192.168.4.0/22", "192.168.7.255", true},
           Row{"192.168.4.0/22", "192.168.8.0", false},
           Row{"192.0.2.7/32", "192.0.2.7", true},
           Row{"192.0.2.7", "192.0.2.7", true},
           Row{"192.0.2.7", "192.0.2.8", false},
           Row{"0.0.0.0/0", "255.255.255.255", true},
           Row{"0.0.0.0/0", "::1", false},
           Row{"::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
           Row{"::/0", "10.0.0.1", false},
           Row{"fd00::/8", "fdff::1", true},
           Row{"fd00::/8", "fe00::", false},
           Row{"::1", "::1", true},
           Row{"::1", "::2", false},
           Row{"::ffff:10.0.0.0/104", "10.1.2.3", true},
           Row{"10.0.0.0/8", "::ffff:10.1.2.3", true},
       }) {
    const auto block = Cidr::parse(row.block);
    ASSERT_TRUE(block) << row.block;
    EXPECT_EQ(block->contains(ip(row.address)), row.inside) << row.block << ' ' << row.address;
    EXPECT_EQ(CidrSet(std::array{*block}).contains(ip(row.address)), row.inside) << row.block;
  }
}

TEST(Cidr, RefusesWhatIsNotABlock) {
  for (const char* text : {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/ 8",
                           "10.0.0/8", "::/129", "10.0.0.0/8/8", "private", "::ffff:10.0.0.0/8"}) {
    EXPECT_FALSE(Cidr::parse(text)) << text;
    EXPECT_TRUE(check_cidr(text)) << text;
  }
}

TEST(Cidr, BitsBehindThePrefixAreAFaultThatNamesTheBlock) {
  EXPECT_FALSE(Cidr::parse("10.1.2.3/8"));
  const auto wrong = check_cidr("10.1.2.3/8");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->found, "\"10.1.2.3/8\" has bits set behind its prefix");
  EXPECT_EQ(wrong->suggestion, "10.0.0.0/8");
  EXPECT_EQ(check_cidr("fd00:1::2/16")->suggestion, "fd00::/16");
  EXPECT_FALSE(check_cidr("10.0.0.0/8"));
}

/// One of the 2^20 addresses from 10.0.0.0 on whose last `free` bits are 0.
Address any_of_a_million(Random& random, unsigned free) {
  std::uint64_t number = (10u << 24) + (random.below(1u << 20) >> free << free);
  std::string bytes(4, '\0');
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, number >>= 8)
    *byte = static_cast<char>(number & 0xff);
  return Address::of_ip(bytes, 0);
}

TEST(CidrSet, HoldsWhatOneOfItsBlocksHolds) {
  Random random(7);
  std::vector<std::string> texts;
  std::vector<Cidr> blocks;
  for (int i = 0; i < 200; ++i) {
    const auto free = static_cast<unsigned>(random.below(13));
    const Address first = any_of_a_million(random, free);
    texts.push_back(first.host_text() + "/" + std::to_string(32 - free));
    blocks.push_back(Cidr::parse(texts.back()).value());
  }
  const CidrSet set = CidrSet::of(texts);
  int held = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Address address = any_of_a_million(random, 0);
    const bool inside =
        std::ranges::any_of(blocks, [&](const Cidr& block) { return block.contains(address); });
    ASSERT_EQ(set.contains(address), inside) << address.host_text();
    held += inside;
  }
  EXPECT_GT(held, 1000);
  EXPECT_LT(held, 19'000);
}

TEST(CidrSet, HoldsNoUnixSocketAndNothingWhereItIsEmpty) {
  EXPECT_FALSE(CidrSet::of(std::array{std::string("0.0.0.0/0"), std::string("::/0")})
                   .contains(*Address::unix_path("/run/app.sock")));
  EXPECT_FALSE(CidrSet().contains(ip("127.0.0.1")));
  EXPECT_TRUE(CidrSet().empty());
}

TEST(DnsOptions, AServerIsAnAddressWithAnOptionalPort) {
  for (const char* right : {"1.1.1.1", "127.0.0.1:5353", "::1", "[::1]:53"})
    EXPECT_FALSE(check_dns_server(right)) << right;
  for (const char* wrong : {"", "dns.example", "1.1.1.1:0", "1.1.1.1:", "0.0.0.0", "[::]:53"})
    EXPECT_TRUE(check_dns_server(wrong)) << wrong;
}

}  // namespace
}  // namespace minato::net
