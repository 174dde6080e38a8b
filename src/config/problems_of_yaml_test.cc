// What is no YAML, or none that is taken, as a person reads it.
#include <gtest/gtest.h>

#include "config/testing.h"

namespace minato::config::testing {
namespace {

TEST(ProblemsOfYaml, NothingInTheFile) {
  EXPECT_EQ(problems_of(""), text(R"(
config.yaml: services: missing; needed: a list, each item a section

1 error
)"));
}

TEST(ProblemsOfYaml, NotASection) {
  EXPECT_EQ(problems_of(R"(
- services
)"),
            text(R"(
config.yaml:1:1: a list stands here; allowed: a section with the keys workers, user, shutdown_grace, drain_delay, trusted_proxies, control_socket, admin, log, access_log, dns, forwarding, timeouts, limits, upstream_pool, retries, health_check, cache or services
     1 | - services
       | ^~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfYaml, AFileOfAnotherProgram) {
  EXPECT_EQ(problems_of(R"(
# nginx
user nobody;
events { worker_connections 768; }
http {
  server { listen 80; location / { proxy_pass http://10.0.0.1:80; } }
}
)"),
            text(R"(
config.yaml:2:1: this line is no `key: value`, and the key services is nowhere: the file seems to be none of Minato's; needed: services, a list of sections with name, listen_port, hosts and upstreams
     2 | user nobody;
       | ^~~~~~~~~~~~

1 error
)"));
  const auto place = [](std::string_view raw) {
    const auto fault = load_text("f", text(raw), {}).problems.at(0);
    return fault.message.starts_with("this line is no") ? fault.line : 0u;
  };
  EXPECT_EQ(place("{\n\tadmin off\n}\n\nexample.com {\n\treverse_proxy a:80\n}\n"), 5u);  // Caddy
  EXPECT_EQ(place(":80 {\n}\n"), 1u);
  EXPECT_EQ(place("global\r\n    daemon\r\n"), 1u);              // HAProxy
  EXPECT_EQ(place("[entryPoints]\n  [entryPoints.web]\n"), 1u);  // TOML
  EXPECT_EQ(place("<VirtualHost *:80>\n"), 1u);
  EXPECT_EQ(place("workers: 1\nlog:\n  level: info\n"), 0u);  // but without a service
  EXPECT_EQ(place("services:\nx\n"), 0u);
  EXPECT_EQ(place("workers:2\nservces:\n  - name: web\n"), 0u);  // but misspelled
  EXPECT_EQ(place("workers 2\nlog: {}\n"), 0u);
  EXPECT_EQ(place("logs:\nworkers 2\n"), 2u);
  EXPECT_EQ(place("{workers: 1,\nlog: {}\n}\n"), 0u);
}

TEST(ProblemsOfYaml, ATabInTheIndentation) {
  EXPECT_EQ(problems_of("services:\n\t- name: web\n"),
            "config.yaml:2:2: a tab in the indentation; allowed: spaces\n"
            "     2 | \t- name: web\n"
            "       | \t^~~~~~\n\n"
            "1 error\n");
}

TEST(ProblemsOfYaml, ALineThatFitsNowhere) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: web
   listen_port: 80
)"),
            text(R"(
config.yaml:3:4: this line does not fit into the list around it; allowed: items that begin with `- `, in the same column
     3 |    listen_port: 80
       |    ^~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfYaml, AQuotationMarkThatIsNotClosed) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: "web
log: {}
)"),
            text(R"(
config.yaml:2:11: a quotation mark that is not closed in its line; needed: the same mark at the end
     2 |   - name: "web
       |           ^~~~

1 error
)"));
}

TEST(ProblemsOfYaml, ABraceThatIsNotClosed) {
  EXPECT_EQ(problems_of(R"(
log: {level: info
)" + one_service),
            text(R"(
config.yaml:1:6: a { that is not closed; needed: } at the end, commas between the entries
     1 | log: {level: info
       |      ^~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfYaml, ABracketThatIsNotClosed) {
  EXPECT_EQ(problems_of(R"(
services:
  - hosts: [http://a, http://b
    name: web
)"),
            text(R"(
config.yaml:2:12: a [ that is not closed; needed: ] at the end, commas between the items
     2 |   - hosts: [http://a, http://b
       |            ^~~~~~~~~~~~~~~~~~~

1 error
)"));
}

TEST(ProblemsOfYaml, ABraceThatClosesNothing) {
  EXPECT_EQ(problems_of(R"(
services: [
  }
)"),
            text(R"(
config.yaml:2:3: a } or ] that closes nothing; allowed: one } for each {, one ] for each [
     2 |   }
       |   ^

1 error
)"));
}

TEST(ProblemsOfYaml, TwoColonsInALine) {
  EXPECT_EQ(problems_of(R"(
log: level: info
)"),
            text(R"(
config.yaml:1:11: a colon where no value can stand; allowed: keys of one section in the same column, each value behind `: `
     1 | log: level: info
       |           ^

1 error
)"));
}

TEST(ProblemsOfYaml, AStarWithoutQuotes) {
  EXPECT_EQ(problems_of(R"(
services:
  - hosts: [*.example.com]
)"),
            text(R"(
config.yaml:2:13: an alias (*) without its anchor (&); allowed: aliases of what stands further up; text that begins with * in quotes
     2 |   - hosts: [*.example.com]
       |             ^~~~~~~~~~~~~ did you mean "*.example.com"?

1 error
)"));
}

TEST(ProblemsOfYaml, ACharacterThatBeginsNothing) {
  EXPECT_EQ(problems_of(R"(
user: @minato
)"),
            text(R"(
config.yaml:1:7: a character that cannot begin a value; allowed: such text in quotes
     1 | user: @minato
       |       ^~~~~~~ did you mean "@minato"?

1 error
)"));
}

TEST(ProblemsOfYaml, AQuestionMarkInBrackets) {
  EXPECT_EQ(problems_of(R"(
services:
  - hosts: [http://a/?b=c]
)"),
            text(R"(
config.yaml:2:22: a character that cannot begin a value; allowed: such text in quotes
     2 |   - hosts: [http://a/?b=c]
       |                      ^~~~ did you mean "http://a/?b=c"?

1 error
)"));
}

TEST(ProblemsOfYaml, ATag) {
  EXPECT_EQ(problems_of(R"(
user: !important minato
)"),
            text(R"(
config.yaml:1:7: a tag (!); allowed: values without tags; text that begins with ! in quotes
     1 | user: !important minato
       |       ^~~~~~~~~~~~~~~~~ did you mean "!important minato"?

1 error
)"));
}

TEST(ProblemsOfYaml, ASecondDocument) {
  EXPECT_EQ(problems_of(R"(
workers: 1
---
workers: 2
)"),
            text(R"(
config.yaml:2:1: a second document; allowed: one in a file
     2 | ---
       | ^~~

1 error
)"));
}

TEST(ProblemsOfYaml, AVariableBetweenBracketsNeedsQuotes) {
  EXPECT_EQ(problems_of(R"(
services:
  - name: a
    hosts: [${HOST}, http://${HOST}/]
)"),
            text(R"(
config.yaml:3:13: a ${ that is not in quotes, between brackets or braces; allowed: such text in quotes
     3 |     hosts: [${HOST}, http://${HOST}/]
       |             ^~~~~~~ did you mean "${HOST}"?

1 error
)"));
  EXPECT_EQ(problems_of(R"(
services:
  - {name: "${NAME}",
     user: a${NAME}b, port: 1}
)"),
            text(R"(
config.yaml:3:12: a ${ that is not in quotes, between brackets or braces; allowed: such text in quotes
     3 |      user: a${NAME}b, port: 1}
       |            ^~~~~~~~~ did you mean "a${NAME}b"?

1 error
)"));
}

TEST(ProblemsOfYaml, AKeyThatIsAList) {
  EXPECT_EQ(problems_of(R"(
? [a]
: b
)"),
            text(R"(
config.yaml:1:3: a key that is a list or a section; allowed: words
     1 | ? [a]
       |   ^~~

1 error
)"));
}

}  // namespace
}  // namespace minato::config::testing
