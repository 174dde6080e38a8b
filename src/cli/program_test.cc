#include "cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "admin/api.h"
#include "cli/background_server.h"

namespace minato::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// What the command line answers, in a folder of the test's own.
class CommandLine : public testing::Test {
 protected:
  CommandLine() {
    std::string name = (std::filesystem::temp_directory_path() / "minato-cli-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~CommandLine() override { std::filesystem::remove_all(folder); }

  ExitCode run(std::vector<std::string> arguments) {
    Shell shell{.out = out_, .err = err_, .environment = {}};
    const ExitCode code = run_command_line(std::move(arguments), shell);
    out = std::exchange(out_, std::ostringstream()).str();
    err = std::exchange(err_, std::ostringstream()).str();
    return code;
  }

  std::string path(const std::string& name) const { return folder / name; }
  std::string file(const std::string& name, std::string_view text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }

  std::filesystem::path folder;
  std::string out;
  std::string err;

 private:
  std::ostringstream out_;
  std::ostringstream err_;
};

constexpr std::string_view good = R"(
services:
  - name: app
    listen_port: 18080
    hosts: ["http://example.com/"]
    upstreams: [{host: "http://10.0.0.1"}]
)";

TEST_F(CommandLine, HelpIsEverywhere) {
  for (const std::string command :
       {"run", "check", "reload", "status", "demo", "version", "reference"}) {
    EXPECT_EQ(run({command, "--help"}), ExitCode::ok) << command;
    EXPECT_THAT(out, HasSubstr("Usage: minato " + command));
  }
  EXPECT_EQ(run({"--help"}), ExitCode::ok);
  EXPECT_THAT(out, AllOf(HasSubstr("status"), Not(HasSubstr("reference"))));
}

TEST_F(CommandLine, BadUsageIsToldOnStandardError) {
  const std::vector<std::string> cases[] = {
      {"swim"},
      {"run", "--conifg", "x"},
      {"check", "--config"},
      {"check", "extra"},
      {"demo", "--port", "0"},
      {"demo", "--port", "70000"},
      {"status", "--config", "a", "--socket", "b"},
      {"--config", "x", "check"},
  };
  for (const auto& arguments : cases) {
    EXPECT_EQ(run(arguments), ExitCode::bad_usage) << testing::PrintToString(arguments);
    EXPECT_THAT(err, Not(IsEmpty()));
    EXPECT_THAT(out, IsEmpty());
  }
}

TEST_F(CommandLine, AWordThatIsNotKnownIsNamedWithWhatMayBeMeant) {
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"chek"}, "minato: \"chek\" is no command; did you mean check?\n"},
      {{"swim"}, "minato: \"swim\" is no command; there is run, check, "},
      {{"--conifg", "x"}, "minato: \"--conifg\" is no option; did you mean --config?\n"},
      {{"run", "--conifg=x"}, "minato run: \"--conifg\" is no option; did you mean --config?\n"},
      {{"cache", "--ulr", "x"}, "minato cache: \"--ulr\" is no option; did you mean --url?\n"},
      {{"purge", "--tga", "x"}, "minato purge: \"--tga\" is no option; did you mean --tag?\n"},
      {{"purge", "images"},
       "minato purge: \"images\" is no option; there is --config, --socket, --soft, --url, "
       "--prefix, --tag, --host, --all or --help\n"},
      {{"purge", "--all", "tag"}, "minato purge: \"tag\" is no option; did you mean --tag?\n"},
      {{"purge", "--xyz", "--url"}, "minato purge: \"--xyz\" is no option; there is --config, "},
  };
  for (const auto& [arguments, told] : cases) {
    EXPECT_EQ(run(arguments), ExitCode::bad_usage);
    EXPECT_THAT(err, testing::StartsWith(told));
  }
}

TEST_F(CommandLine, WhatIsMissingIsToldWhereAllIsUnderstood) {
  EXPECT_EQ(run({"purge", "--soft"}), ExitCode::bad_usage);
  EXPECT_THAT(err, HasSubstr("Exactly 1 option from [--url,--prefix,--tag,--host,--all]"));
  EXPECT_EQ(run({"purge", "--url", ""}), ExitCode::bad_usage);
  EXPECT_THAT(err, HasSubstr("--url: it is empty"));
  EXPECT_EQ(run({"chek", "--help"}), ExitCode::ok);
}

TEST_F(CommandLine, CheckTellsWhatAGoodFileServes) {
  EXPECT_EQ(run({"check", "-c", file("good.yaml", good)}), ExitCode::ok);
  EXPECT_THAT(out, AllOf(HasSubstr("good.yaml"), HasSubstr("app"), HasSubstr("18080")));
  EXPECT_THAT(err, IsEmpty());
}

TEST_F(CommandLine, CheckTellsEveryFaultOfABadOne) {
  const auto bad = file("bad.yaml", "workers: many\nservces: []\n");
  EXPECT_EQ(run({"check", "-c", bad}), ExitCode::bad_config);
  EXPECT_THAT(err, AllOf(HasSubstr("workers"), HasSubstr("servces")));
  EXPECT_THAT(out, IsEmpty());
}

TEST_F(CommandLine, AFileThatIsNotThereIsABadConfiguration) {
  for (const std::string command : {"check", "reload", "status"}) {
    EXPECT_EQ(run({command, "-c", path("absent.yaml")}), ExitCode::bad_config) << command;
    EXPECT_THAT(err, HasSubstr("absent.yaml"));
  }
}

TEST_F(CommandLine, WhereNobodyAnswersTheSocketIsNamed) {
  for (const std::string command : {"reload", "status"}) {
    EXPECT_EQ(run({command, "--socket", path("nobody.sock")}), ExitCode::failed_start) << command;
    EXPECT_THAT(err, HasSubstr("nobody.sock"));
    EXPECT_THAT(err, HasSubstr("--config or --socket says where"));
  }
}

TEST_F(CommandLine, TheConfigurationNamesTheSocketEvenWhereItIsWrongElsewhere) {
  const auto bad = file("bad.yaml", "control_socket: " + path("nobody.sock") + "\nworkers: many\n");
  EXPECT_EQ(run({"status", "-c", bad}), ExitCode::failed_start);
  EXPECT_THAT(err, HasSubstr("nobody.sock"));
}

TEST_F(CommandLine, WithoutAControlSocketNobodyCanBeAsked) {
  const auto off = file("off.yaml", "control_socket: off\n" + std::string(good));
  EXPECT_EQ(run({"status", "-c", off}), ExitCode::failed_start);
  EXPECT_THAT(err, HasSubstr("control_socket: off"));
}

TEST_F(CommandLine, VersionAndReferenceArePrinted) {
  EXPECT_EQ(run({"version"}), ExitCode::ok);
  EXPECT_THAT(out, testing::StartsWith("minato "));
  const std::string told = out;
  EXPECT_EQ(run({"--version"}), ExitCode::ok);
  EXPECT_EQ(out, told);
  EXPECT_EQ(run({"reference"}), ExitCode::ok);
  EXPECT_THAT(out, HasSubstr("listen_port"));
}

class FakeProgram final : public admin::Program {
 public:
  bool ready() const override { return true; }
  admin::Status status() const override {
    admin::Status now{.version = "1.2.3", .ready = true};
    now.services = {{.name = "app", .port = 80, .balancer = "round_robin"}};
    return now;
  }
  Task<admin::ReloadOutcome> reload() override { co_return outcome; }

  admin::ReloadOutcome outcome{.accepted = true, .changes = {"service app changed"}};
};

/// The same, with a program that answers at the control socket.
class RunningProgram : public CommandLine {
 protected:
  RunningProgram() {
    const auto address = net::Address::unix_path(socket);
    EXPECT_TRUE(server->listen(*address, std::make_unique<admin::Api>(program, gate)));
  }

  FakeProgram program;
  admin::GateOptions gate;
  std::string socket = path("control.sock");
  std::unique_ptr<BackgroundServer> server = BackgroundServer::make().value();
};

TEST_F(RunningProgram, StatusIsAPageOrTheDocumentItself) {
  server->start();
  EXPECT_EQ(run({"status", "-s", socket}), ExitCode::ok) << err;
  EXPECT_THAT(out, AllOf(HasSubstr("minato 1.2.3"), HasSubstr("app")));
  EXPECT_EQ(run({"status", "-s", socket, "--json"}), ExitCode::ok);
  EXPECT_EQ(out.front(), '{');
}

TEST_F(RunningProgram, IsFoundByItsConfiguration) {
  server->start();
  const auto config = file("a.yaml", "control_socket: " + socket + "\n" + std::string(good));
  EXPECT_EQ(run({"reload", "-c", config}), ExitCode::ok) << err;
  EXPECT_THAT(out, HasSubstr("service app changed"));
}

TEST_F(RunningProgram, ARefusedReloadIsABadConfiguration) {
  program.outcome = {.accepted = false};
  program.outcome.problems = {{.file = "a.yaml", .line = 1, .message = "unknown key"}};
  server->start();
  EXPECT_EQ(run({"reload", "-s", socket}), ExitCode::bad_config);
  EXPECT_THAT(err, AllOf(HasSubstr("a.yaml:1"), HasSubstr("unknown key")));
}

}  // namespace
}  // namespace minato::cli
