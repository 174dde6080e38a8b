// The documents that speak of the configuration say what the program does.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "config/reference.h"
#include "config/summary.h"
#include "config/testing.h"

namespace minato::config::testing {
namespace {

std::string file(const std::string& path) {
  std::ifstream in(std::string(MINATO_SOURCE_DIR) + "/" + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

/// What stands between the first `from` and the next `to`.
std::string between(std::string_view text, std::string_view from, std::string_view to) {
  const auto start = text.find(from);
  if (start == std::string_view::npos) return "";
  const auto rest = text.substr(start + from.size());
  return std::string(rest.substr(0, rest.find(to)));
}

TEST(Documents, TheReferenceIsWhatTheDeclarationsSay) {
  // Where this fails: replace the section by the output of `minato reference`.
  EXPECT_EQ(
      between(file("docs/configuration.md"), "\n## Reference\n\n", "<!-- end of reference -->"),
      reference());
}

TEST(Documents, TheConfigurationAtTheRootHasNothingWrong) {
  EXPECT_EQ(problems_of(file("config.yaml")), "");
}

TEST(Documents, TheConfigurationAtTheRootServesThis) {
  EXPECT_EQ(summary(load_text("config.yaml", file("config.yaml"), {}).config),
            R"(1 listener, 2 services

*:8080
  example: round_robin, 2 upstreams
    http://localhost/
    http://127.0.0.1/
      to http://127.0.0.1:8001, health /
      to http://127.0.0.1:8002, health /
  api: least_connections, 1 upstream
    http://localhost/api
    http://127.0.0.1/api
      to http://127.0.0.1:8003/v1, health /
)");
}

/// The lines of the root's configuration that are commented out, as if they were not.
std::string with_comments_in_force(const std::string& text) {
  std::string out;
  std::istringstream lines(text.substr(text.find("\n# workers:")));
  for (std::string line; std::getline(lines, line);)
    out += (line.starts_with("# ") ? line.substr(2) : line) + "\n";
  return text + out;
}

TEST(Documents, WhatIsCommentedOutAtTheRootIsTheDefault) {
  const std::string root = file("config.yaml");
  const Loaded all = load_text("config.yaml", with_comments_in_force(root), {});
  EXPECT_EQ(render(all.problems), "");
  Config config = all.config;
  config.admin.reset();  // the one that has no default
  EXPECT_EQ(config, load_text("config.yaml", root, {}).config);
}

TEST(Documents, TheCacheThatIsCommentedOutAtTheRootHasNothingWrong) {
  const std::string root = file("config.yaml");
  std::string section = "# cache:" + between(root, "\n# cache:", "\n\n");
  for (auto at = section.find("# "); at != section.npos; at = section.find("\n# ", at))
    section.erase(section[at] == '#' ? at : at + 1, 2);
  const Loaded all = load_text("config.yaml", root + section + "\n", {});
  EXPECT_EQ(render(all.problems), "");
  ASSERT_TRUE(all.config.cache);
  EXPECT_EQ(all.config.cache->capacity, 100'000u);
  EXPECT_EQ(all.config.cache->service.stale_if_error, 1h);  // the last lines of it count, too
  EXPECT_TRUE(all.config.cache->keep_on_reload);
}

TEST(Documents, TheReadmesExampleHasNothingWrong) {
  EXPECT_EQ(problems_of(between(file("README.md"), "```yaml\n", "```")), "");
}

TEST(Documents, TheReadmesFaultIsToldSo) {
  std::string example = between(file("README.md"), "```yaml\n", "```");
  example.insert(example.find("    upstreams:"), "    balancr: least_connections\n");
  const std::string shown = between(file("README.md"), "```\nconfig.yaml:", "```");
  EXPECT_EQ(problems_of(example), "config.yaml:" + shown + "\n1 error\n");
}

TEST(Documents, TheFaultsOfTheReferenceAreToldSo) {
  const std::string shown = between(file("docs/configuration.md"), "```\nconfig.yaml:", "```");
  EXPECT_EQ(problems_of(R"(
# what the example leaves out
timeouts:
  keep_alife: 75s
services:
- name: shop
  hosts: ["http://shop.example/"]
  upstreams: [{host: "http://10.0.0.1:8000"}]
  listen_port: 80800
)"),
            "config.yaml:" + shown);
}

TEST(Documents, TheFirstExampleOfTheReferenceHasNothingWrong) {
  EXPECT_EQ(problems_of(between(file("docs/configuration.md"), "```yaml\n", "```")), "");
}

}  // namespace
}  // namespace minato::config::testing
