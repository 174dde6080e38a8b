#include "connection/client_identity.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace minato::connection {
namespace {

struct TestFront final : Front {
  TestFront() {
    trusted_proxies = &proxies;
    request_id_field = "X-Request-Id";
  }
  http::Handler& handler() override { std::abort(); }
  net::CidrSet proxies = net::CidrSet::of(std::array<std::string, 2>{"10.0.0.0/8", "fd00::/8"});
};

struct Line {
  std::string_view name;
  std::string_view value;
};

class ClientIdentityTest : public testing::Test {
 protected:
  http::Client client_of(std::string_view peer, std::initializer_list<Line> lines) {
    fields = http::Fields(arena);
    for (const Line& line : lines) fields.add(line.name, line.value);
    address = *net::Address::parse(peer, 4711);
    return identify_client({.address = address, .text = peer}, fields, front, 8080);
  }
  std::string id_of(bool trusted, std::string_view given) {
    fields = http::Fields(arena);
    fields.add("X-Request-Id", given);
    auto id = request_id(fields, http::Client{.trusted_peer = trusted}, front, random, arena);
    return std::string(id.text());
  }

  TestFront front;
  BlockPool pool;
  Arena arena{pool};
  http::Fields fields{arena};
  net::Address address;
  Random random{1};
};

TEST_F(ClientIdentityTest, TheOtherEndIsTheClient) {
  const auto client = client_of("192.0.2.7", {});
  EXPECT_EQ(client.address, "192.0.2.7");
  EXPECT_EQ(client.peer, "192.0.2.7");
  EXPECT_EQ(client.peer_port, 4711);
  EXPECT_EQ(client.local_port, 8080);
  EXPECT_FALSE(client.trusted_peer);
}

TEST_F(ClientIdentityTest, AStrangerIsNotBelieved) {
  for (const std::string_view name : {"X-Forwarded-For", "X-Real-IP"})
    EXPECT_EQ(client_of("192.0.2.7", {{name, "203.0.113.9"}}).address, "192.0.2.7");
  EXPECT_EQ(client_of("192.0.2.7", {{"Forwarded", "for=203.0.113.9"}}).address, "192.0.2.7");
}

TEST_F(ClientIdentityTest, ATrustedProxyIsBelievedFromTheRight) {
  struct Row {
    const char* chain;
    const char* client;
  };
  for (const Row& row : {
           Row{"203.0.113.9", "203.0.113.9"},
           Row{"203.0.113.9, 10.0.0.2", "203.0.113.9"},
           Row{"6.6.6.6, 203.0.113.9, 10.0.0.2, 10.0.0.3", "203.0.113.9"},  // not the leftmost
           Row{"203.0.113.9,10.0.0.2", "203.0.113.9"},
           Row{"10.0.0.3, 10.0.0.2", "10.0.0.3"},  // all of them trusted: the first
           Row{"2001:db8::9, fd00::2", "2001:db8::9"},
           Row{"[2001:db8::9]:5000", "2001:db8::9"},
           Row{"203.0.113.9:5000", "203.0.113.9"},
           // What cannot be read ends the chain.
           Row{"203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"},
           Row{"203.0.113.9, 999.1.1.1", "10.0.0.1"},
           Row{"<script>", "10.0.0.1"},
           Row{"", "10.0.0.1"},
       })
    EXPECT_EQ(client_of("10.0.0.1", {{"X-Forwarded-For", row.chain}}).address, row.client)
        << row.chain;
}

TEST_F(ClientIdentityTest, SeveralLinesAreOneChain) {  // RFC 9110 5.3
  EXPECT_EQ(
      client_of("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}, {"x-forwarded-for", "10.0.0.2"}})
          .address,
      "203.0.113.9");
}

TEST_F(ClientIdentityTest, ForwardedNamesTheClientByItsForParameter) {  // RFC 7239 4, 6
  struct Row {
    const char* chain;
    const char* client;
  };
  for (const Row& row : {
           Row{"for=203.0.113.9", "203.0.113.9"},
           Row{"FOR=\"203.0.113.9:5000\"", "203.0.113.9"},
           Row{"proto=https;for=\"[2001:db8::9]:5000\";by=10.0.0.1", "2001:db8::9"},
           Row{"for=6.6.6.6, for=203.0.113.9;host=a, for=10.0.0.2", "203.0.113.9"},
           Row{"for=203.0.113.9, for=_hidden, for=10.0.0.2", "10.0.0.2"},
           Row{"proto=https", "10.0.0.1"},
           // What is quoted separates nothing, and names nobody.
           Row{R"(proto=http;host="x;for=6.6.6.6;y";for=203.0.113.9)", "203.0.113.9"},
           Row{R"(for=203.0.113.9;host="x, for=6.6.6.6")", "203.0.113.9"},
           Row{R"(for=203.0.113.9;host="x\", for=6.6.6.6")", "203.0.113.9"},
           Row{R"(for=203.0.113.9;host="x\\", for=10.0.0.2)", "203.0.113.9"},
           Row{R"(for=203.0.113.9;, for=10.0.0.2;host="")", "203.0.113.9"},
           // Whoever leaves a quote open is not believed, but who stands on the right is.
           Row{R"(for=6.6.6.6, for="203.0.113.9, for=10.0.0.2)", "10.0.0.2"},
           Row{R"(host=";for=203.0.113.9, for="[2001:db8::9]")", "2001:db8::9"},
           Row{R"(for=203.0.113.9;host="x)", "10.0.0.1"},
           Row{R"(for=203.0.113.9;host="x"y)", "10.0.0.1"},
           Row{R"(for=203.0.113.9;host=x"y")", "10.0.0.1"},
           Row{"for=203.0.113.9;host=x;for=6.6.6.6", "10.0.0.1"},
       })
    EXPECT_EQ(client_of("10.0.0.1", {{"Forwarded", row.chain}}).address, row.client) << row.chain;
}

TEST_F(ClientIdentityTest, ABelievedAddressIsWrittenInItsOneForm) {
  for (const auto& [sent, written] :
       {std::pair{"::ffff:203.0.113.9", "203.0.113.9"}, std::pair{"2001:DB8:0::09", "2001:db8::9"},
        std::pair{"[::FFFF:cb00:7109]:80", "203.0.113.9"}}) {
    EXPECT_EQ(client_of("10.0.0.1", {{"X-Forwarded-For", sent}}).address, written);
    EXPECT_EQ(client_of("10.0.0.1", {{"Forwarded", "for=\"" + std::string(sent) + "\""}}).address,
              written);
  }
}

TEST_F(ClientIdentityTest, XForwardedForComesBeforeForwardedBeforeXRealIp) {
  const Line first{"X-Forwarded-For", "203.0.113.1"};
  const Line second{"Forwarded", "for=203.0.113.2"};
  const Line third{"X-Real-IP", "203.0.113.3"};
  EXPECT_EQ(client_of("10.0.0.1", {third, second, first}).address, "203.0.113.1");
  EXPECT_EQ(client_of("10.0.0.1", {third, second}).address, "203.0.113.2");
  EXPECT_EQ(client_of("10.0.0.1", {third}).address, "203.0.113.3");
}

TEST_F(ClientIdentityTest, ThePeerStaysThePeerWhomeverItNames) {
  const auto client = client_of("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}});
  EXPECT_EQ(client.peer, "10.0.0.1");
  EXPECT_TRUE(client.trusted_peer);
}

bool is_fresh(const std::string& id) {
  return id.size() == 32 && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

TEST_F(ClientIdentityTest, AnIdIsFreshForEveryRequestOfAStranger) {
  const auto first = id_of(false, "theirs");
  EXPECT_TRUE(is_fresh(first)) << first;
  EXPECT_NE(first, id_of(false, "theirs"));
}

TEST_F(ClientIdentityTest, ATrustedProxysIdIsKeptWhereItIsAToken) {
  EXPECT_EQ(id_of(true, "abc-123"), "abc-123");
  EXPECT_EQ(id_of(true, std::string(128, 'a')), std::string(128, 'a'));
  for (const std::string& given :
       {std::string(129, 'a'), std::string("two words"), std::string("a\"b"), std::string()})
    EXPECT_TRUE(is_fresh(id_of(true, given))) << given;
}

TEST_F(ClientIdentityTest, WithoutAFieldForItEveryIdIsFresh) {
  front.request_id_field.clear();
  EXPECT_TRUE(is_fresh(id_of(true, "abc-123")));
}

}  // namespace
}  // namespace minato::connection
