#include "routing/router.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "http/authority.h"

namespace minato::routing {
namespace {

using http::host_bytes_max;
constexpr std::uint64_t seed = 7;

struct Rule {
  std::string_view host, prefix;
};

/// A router whose routes are numbered as the rules stand.
Router router_of(std::initializer_list<Rule> rules) {
  Router router(seed);
  RouteIndex next = 0;
  for (const Rule& rule : rules)
    EXPECT_TRUE(router.add(rule.host, rule.prefix, next++)) << rule.host;
  return router;
}

std::optional<RouteIndex> find(const Router& router, std::string_view authority,
                               std::string_view path, unsigned* probes = nullptr) {
  const auto host = router.find_host(authority, probes);
  return host ? router.find_route(*host, path, probes) : std::nullopt;
}

constexpr int nobody = -1;
int route(const Router& router, std::string_view host, std::string_view path) {
  const auto found = find(router, host, path);
  return found ? static_cast<int>(*found) : nobody;
}

TEST(Router, TakesTheLongestPrefixAtASegmentBoundary) {
  const Router router =
      router_of({{"h", "/"}, {"h", "/api"}, {"h", "/api/v1/"}, {"h", "/apiary"}, {"h", "/a%2Fb"}});
  const struct {
    std::string_view path;
    int expected;
  } rows[] = {
      {"/", 0},        {"/x", 0},      {"/ap", 0},          {"/api", 1},     {"/api/", 1},
      {"/api/x", 1},   {"/api/v", 1},  {"/api/v1", 2},      {"/api/v1/", 2}, {"/api/v1/x/y", 2},
      {"/api/v12", 1}, {"/apiary", 3}, {"/apiary/bees", 3}, {"/apiar", 0},   {"/API", 0},
      {"/a%2Fb/c", 4}, {"/a/b", 0},    {"/x/api", 0},       {"*", 0},        {"", 0},
  };
  for (const auto& row : rows) EXPECT_EQ(route(router, "h", row.path), row.expected) << row.path;
}

TEST(Router, HasNoRouteWhereNoPrefixFits) {
  const Router router = router_of({{"h", "/api"}});
  for (const std::string_view path : {"/", "/apiary", "/ap", "/x/api", "*", ""})
    EXPECT_EQ(route(router, "h", path), nobody) << path;
}

TEST(Router, MeansNothingByATrailingSlashOfThePrefix) {
  for (const std::string_view prefix : {"/api", "/api/", "/api//"}) {
    const Router router = router_of({{"h", prefix}});
    EXPECT_EQ(route(router, "h", "/api"), 0) << prefix;
    EXPECT_EQ(route(router, "h", "/api/x"), 0) << prefix;
  }
}

TEST(Router, ReadsTheHostWithoutCasePortAndFinalDot) {
  const Router router = router_of(
      {{"Example.COM", "/"}, {"[2001:DB8::1]", "/"}, {"192.0.2.1", "/"}, {"b.example:8080", "/"}});
  const struct {
    std::string_view host;
    int expected;
  } rows[] = {
      {"example.com", 0},        {"EXAMPLE.com", 0},
      {"example.com:80", 0},     {"example.com.", 0},
      {"example.com.:8080", 0},  {"example.com:", 0},
      {"[2001:db8::1]", 1},      {"[2001:DB8::1]:443", 1},
      {"192.0.2.1:80", 2},       {"b.example", 3},
      {"b.example:9", 3},        {"example.com..", nobody},
      {".example.com", nobody},  {"example", nobody},
      {"com", nobody},           {"xexample.com", nobody},
      {"a.example.com", nobody}, {"[2001:db8::2]", nobody},
      {"2001:db8::1", nobody},   {"", nobody},
  };
  for (const auto& row : rows) EXPECT_EQ(route(router, row.host, "/"), row.expected) << row.host;
}

TEST(Router, TakesTheMostSpecificHost) {
  const Router router = router_of({{"*", "/"},
                                   {"*.example.com", "/"},
                                   {"*.eu.example.com", "/"},
                                   {"www.example.com", "/"},
                                   {"www.eu.example.com", "/"}});
  const struct {
    std::string_view host;
    int expected;
  } rows[] = {
      {"www.example.com", 3},
      {"api.example.com", 1},
      {"a.b.example.com", 1},
      {"www.eu.example.com", 4},
      {"api.eu.example.com", 2},
      {"a.www.eu.example.com", 2},
      {"eu.example.com", 1},
      {"example.com", 0},
      {"xexample.com", 0},
      {"other.org", 0},
      {"[::1]", 0},
      {"", 0},
  };
  for (const auto& row : rows) EXPECT_EQ(route(router, row.host, "/"), row.expected) << row.host;
}

TEST(Router, DoesNotTakeTheBareDomainForItsWildcard) {
  const Router router = router_of({{"*.example.com", "/"}});
  EXPECT_EQ(route(router, "example.com", "/"), nobody);
  EXPECT_EQ(route(router, ".example.com", "/"), nobody);
  EXPECT_EQ(route(router, "a.example.com", "/"), 0);
}

TEST(Router, HasNoRouteWhereTheMostSpecificHostHasNoPrefix) {
  const Router router =
      router_of({{"a.example.com", "/api"}, {"*.example.com", "/static"}, {"*", "/"}});
  EXPECT_EQ(route(router, "a.example.com", "/api/x"), 0);
  EXPECT_EQ(route(router, "a.example.com", "/static/x"), nobody);
  EXPECT_EQ(route(router, "a.example.com", "/other"), nobody);
  EXPECT_EQ(route(router, "b.example.com", "/static"), 1);
  EXPECT_EQ(route(router, "b.example.com", "/api"), nobody);
  EXPECT_EQ(route(router, "c.example.org", "/api"), 2);
}

TEST(Router, ComparesThePathsOfOneHostInOneWay) {
  using enum http::MergeSlashes;
  Router router(seed);
  EXPECT_TRUE(router.add("a.example", "/api", 0, no));
  EXPECT_TRUE(router.add("b.example", "/api", 1, yes));
  EXPECT_TRUE(router.add("*.example", "/", 2, no));
  EXPECT_EQ(router.find_host("A.example:80")->merge_slashes, no);
  EXPECT_EQ(router.find_host("b.example")->merge_slashes, yes);
  EXPECT_EQ(router.find_host("c.example")->merge_slashes, no);
  for (const std::string_view prefix : {"/", "/api", "/admin"}) {
    const auto added = router.add("a.example", prefix, 3, yes);
    ASSERT_FALSE(added) << prefix;
    EXPECT_EQ(added.error().why, Router::Refusal::Why::other_slashes) << prefix;
    EXPECT_EQ(added.error().holder, 0u) << prefix;
  }
}

TEST(Router, KnowsAnAddressInEverySpelling) {
  const Router router = router_of({{"[2001:db8::1]", "/"}, {"[::ffff:192.0.2.1]", "/"}});
  EXPECT_EQ(route(router, "[2001:DB8:0::1]:80", "/"), 0);
  EXPECT_EQ(route(router, "[::FFFF:c000:201]", "/"), 1);
  EXPECT_EQ(route(router, "[2001:db8::1:0]", "/"), nobody);
}

TEST(Router, NeverTakesANameForAnAddress) {
  const Router router = router_of({{"[6578:616d:706c:652e:636f:6d2e:6578:616d]", "/"}});
  EXPECT_EQ(route(router, "example.com.exam", "/"), nobody);
}

TEST(Router, HasNoRouteForAHostOverItsBound) {
  const std::string label(63, 'a');
  const std::string longest = fmt::format("{0}.{0}.{0}.{0}", label);
  const Router router = router_of({{longest, "/"}, {"*", "/"}});
  ASSERT_EQ(longest.size(), host_bytes_max);
  EXPECT_EQ(route(router, longest, "/"), 0);
  EXPECT_EQ(route(router, longest + ":80", "/"), 0);
  EXPECT_EQ(route(router, longest + "a", "/"), nobody);
}

TEST(Router, ReportsARuleThatIsThereAlready) {
  Router router = router_of({{"h", "/api"}, {"*", "/"}, {"*.h", "/api"}});
  const struct {
    std::string_view host, prefix;
    RouteIndex holder;
  } rows[] = {{"H:80", "/api/", 0}, {"*", "", 1}, {"*.H.", "/api", 2}};
  for (const auto& row : rows) {
    const auto added = router.add(row.host, row.prefix, 9);
    ASSERT_FALSE(added) << row.host;
    EXPECT_EQ(added.error().why, Router::Refusal::Why::duplicate) << row.host;
    EXPECT_EQ(added.error().holder, row.holder) << row.host;
  }
  EXPECT_EQ(route(router, "h", "/api"), 0);
}

TEST(Router, RefusesWhatIsNoHostOrPrefix) {
  Router router(seed);
  const std::string too_long(host_bytes_max + 1, 'a');
  for (const std::string_view host : {"", ":80", "a.*", "*a.example", "*.*.example", ".example",
                                      "[::1", "[1.2.3.4]", "[::g]", too_long.c_str()}) {
    const auto added = router.add(host, "/", 0);
    ASSERT_FALSE(added) << host;
    EXPECT_EQ(added.error().why, Router::Refusal::Why::bad_host) << host;
  }
  const auto added = router.add("h", "api", 0);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().why, Router::Refusal::Why::bad_prefix);
}

// Cost, counted in table slots that a look-up reads.

std::string host_name(int i) { return fmt::format("host{}.example.com", i); }
std::string prefix_name(int i) { return fmt::format("/prefix{}/v1", i); }

Router crowd(int hosts) {
  Router router(seed);
  for (int host = 0; host < hosts; ++host)
    for (int prefix = 0; prefix < 10; ++prefix)
      EXPECT_TRUE(router.add(host_name(host), prefix_name(prefix),
                             static_cast<RouteIndex>(host * 10 + prefix)));
  return router;
}

/// Slots read by an average look-up of something that is there.
double average_probes(const Router& router, int hosts) {
  unsigned probes = 0;
  for (int host = 0; host < hosts; ++host)
    for (int prefix = 0; prefix < 10; ++prefix)
      EXPECT_EQ(find(router, host_name(host), fmt::format("{}/x", prefix_name(prefix)), &probes),
                static_cast<RouteIndex>(host * 10 + prefix));
  return probes / (hosts * 10.0);
}

TEST(Router, CostsTheSameForTenThousandHostsAsForOne) {
  constexpr int names = 3;  // the host and two segments
  const Router one = crowd(1), many = crowd(10'000);
  EXPECT_LT(average_probes(one, 1), 2 * names);
  EXPECT_LT(average_probes(many, 10'000), 2 * names);
}

TEST(Router, ReadsNoFurtherThanTheNamesItKnows) {
  const Router router = crowd(100);
  std::string path;
  while (path.size() < 16'000) path += "/a";
  std::string host;
  while (host.size() < 250) host += "a.";
  host += "com";
  unsigned probes = 0;
  EXPECT_FALSE(find(router, host, "/", &probes));
  EXPECT_FALSE(find(router, host_name(1), path, &probes));
  EXPECT_LT(probes, 32u);
}

TEST(Router, AgreesWithASearchThroughAllRules) {
  Random random(20);
  const auto word = [&] { return std::string{static_cast<char>('a' + random.below(3))}; };
  const auto words = [&](std::string_view joint, std::uint64_t most) {
    std::string text;
    for (auto left = random.below(most + 1); left > 0; --left) text.append(joint).append(word());
    return text;
  };
  Router router(seed);
  std::vector<std::pair<std::string, std::string>> rules;
  for (int i = 0; i < 60; ++i) {
    const std::string host = (random.one_in(3) ? "*" : word()) + words(".", 2);
    const std::string prefix = words("/", 3);
    if (router.add(host, prefix, static_cast<RouteIndex>(rules.size())))
      rules.emplace_back(host, prefix);
  }
  // Exact hosts before wildcards, longer names before shorter: how well a rule's host fits.
  const auto host_fit = [](const auto& rule, const std::string& host) -> std::size_t {
    const std::string& name = rule.first;
    if (!name.starts_with('*')) return host == name ? 1000 : 0;
    return name == "*" || host.ends_with(name.substr(1)) ? name.size() : 0;
  };
  // Of the hosts that fit best, the longest prefix.
  const auto best_of = [&](const std::string& host, const std::string& path) {
    std::size_t best_host = 1, best_prefix = 0;
    for (const auto& rule : rules) best_host = std::max(best_host, host_fit(rule, host));
    int best = nobody;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      const std::string& prefix = rules[r].second;
      if (host_fit(rules[r], host) != best_host || !(path + "/").starts_with(prefix + "/"))
        continue;
      if (best != nobody && prefix.size() <= best_prefix) continue;
      best = static_cast<int>(r);
      best_prefix = prefix.size();
    }
    return best;
  };
  for (int i = 0; i < 5'000; ++i) {
    const std::string host = word() + words(".", 3),
                      path = fmt::format("/{}{}", word(), words("/", 4));
    EXPECT_EQ(route(router, host, path), best_of(host, path)) << host << path;
  }
}

}  // namespace
}  // namespace minato::routing
