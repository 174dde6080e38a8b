#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/command.h"
#include "cli/control_target.h"
#include "cli/json_answer.h"
#include "cli/usage.h"

namespace minato::cli {
namespace {

struct Options {
  ControlTarget target;
  std::string url, prefix, tag, host;
  bool all = false;
  bool soft = false;
};

std::string order(const Options& options) {
  Json json{{"soft", options.soft}};
  if (!options.url.empty()) json["url"] = options.url;
  if (!options.prefix.empty()) json["prefix"] = options.prefix;
  if (!options.tag.empty()) json["tag"] = options.tag;
  if (!options.host.empty()) json["host"] = options.host;
  if (options.all) json["all"] = true;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Report report(std::uint16_t status, std::string_view body) {
  const Json answer = parse(body);
  if (status != 200 || !answer.is_object()) return unexpected(status, answer);
  const std::string_view done = is_true(answer, "soft") ? "marked stale" : "forgotten";
  const std::string note = text(answer, "note");
  Report told{.err = note.empty() ? note : fmt::format("minato purge: {}\n", note)};
  told.out =
      at(answer, "purged").is_number()
          ? fmt::format("{} {}\n", counted(count(answer, "purged"), "response"), done)
          : fmt::format("each response that it concerns is {} when it is next asked for\n", done);
  return told;
}

ExitCode purge(const Options& options, Shell& shell) {
  const auto answer = ask(options.target, "POST", "/cache/purge", shell, order(options));
  if (!answer) return answer.error();
  const Report told = report(answer->status, answer->body);
  shell.out << told.out;
  shell.err << told.err;
  return answer->status == 200 ? ExitCode::ok : exit_code_after(answer->status);
}

}  // namespace

Action declare_purge(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  auto* const what = app.add_option_group("what");
  const auto add = [what](const char* name, std::string& value, const char* type,
                          const char* help) {
    what->add_option(name, value, help)->type_name(type)->check(refuse_empty);
  };
  add("--url", options->url, "URL", "One URL; without a port, on every port");
  add("--prefix", options->prefix, "URL", "All of a host whose path begins so");
  add("--tag", options->tag, "TAG", "All that carry this tag");
  add("--host", options->host, "HOST", "All of a host");
  what->add_flag("--all", options->all, "Everything");
  what->require_option(1);
  app.add_flag("--soft", options->soft, "Mark stale instead: what is asked for again is validated");
  return [options](Shell& shell) { return purge(*options, shell); };
}

}  // namespace minato::cli
