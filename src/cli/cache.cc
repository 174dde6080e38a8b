#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/control_target.h"
#include "cli/json_answer.h"
#include "cli/usage.h"

namespace minato::cli {
namespace {

struct Options {
  ControlTarget target;
  std::string url;
  bool json = false;
};

/// As a value in a query.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = is_alpha(c) || is_digit(c) || c == '/' || c == ':' || c == '.' || c == '-';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

double mebibytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

std::string stats_text(const Json& stats) {
  const auto hits = count(stats, "hits"), misses = count(stats, "misses");
  const double share =
      hits + misses == 0 ? 0 : 100 * static_cast<double>(hits) / static_cast<double>(hits + misses);
  return fmt::format(
      "{} of {} entries, {:.1f} of {:.1f} MiB\n{}, {}: {:.1f} % from the cache\n"
      "{} stored, {} evicted, {} purged\n",
      count(stats, "entries"), count(stats, "capacity"), mebibytes(count(stats, "memory_bytes")),
      mebibytes(count(stats, "max_memory")), counted(hits, "hit"), counted(misses, "miss"), share,
      count(stats, "stored"), count(stats, "evicted"), count(stats, "purged"));
}

std::int64_t number(const Json& json, const char* key) {
  const Json& value = at(json, key);
  return value.is_number() ? value.get<std::int64_t>() : 0;
}

/// How long it may serve when it is stale, where it may.
std::string stale_text(const Json& variant) {
  std::string out;
  const auto add = [&](const char* key, std::string_view when) {
    const auto seconds = number(variant, key);
    if (seconds > 0)
      out +=
          fmt::format("{}{} s while {}", out.empty() ? "  stale it serves " : ", ", seconds, when);
  };
  add("stale_while_revalidate", "it is validated");
  add("stale_if_error", "the origin fails");
  return out.empty() ? out : out + "\n";
}

std::string selecting_text(const Json& fields) {
  std::string out;
  for (const auto& [name, value] : fields.items())
    out += value.is_string()
               ? fmt::format("  for requests with {}: {}\n", name, value.get<std::string>())
               : fmt::format("  for requests without {}\n", name);
  return out;
}

std::string variant_text(const Json& variant) {
  std::string out =
      fmt::format("{}\n  {}, {}, {}\n", text(variant, "key"), count(variant, "status"),
                  counted(count(variant, "bytes"), "byte"), counted(count(variant, "hits"), "hit"));
  if (const auto part = text(variant, "part"); !part.empty())
    out += fmt::format("  a part: bytes {}\n", part);
  out += fmt::format("  age {} s of {} s ({}): {} s left\n", number(variant, "age"),
                     number(variant, "lifetime"), text(variant, "lifetime_from"),
                     number(variant, "ttl"));
  out += stale_text(variant);
  out += fmt::format("  asked for now: {}, because {}\n", text(variant, "would"),
                     text(variant, "because"));
  out += selecting_text(at(variant, "selected_by"));
  for (const Json& field : at(variant, "fields"))
    if (field.is_string()) out += "    " + field.get<std::string>() + "\n";
  return out;
}

/// Why nothing is served for the URL, whatever is stored; empty where something may be.
std::string obstacle_text(const Json& services) {
  if (!services.is_array()) return {};
  if (services.empty()) return "no service takes requests for it";
  std::string names;
  for (const Json& service : services) {
    if (is_true(service, "cache")) return {};
    names += (names.empty() ? "" : " and ") + text(service, "name");
  }
  return "the cache of " + names + " is off";
}

std::string entry_text(const Json& entry) {
  const Json& variants = at(entry, "variants");
  std::string why = obstacle_text(at(entry, "services"));
  if (why.empty() && is_true(entry, "bypasses")) why = "requests for it bypass the cache";
  if (variants.empty())
    return fmt::format("nothing is stored for {}{}{}\n", text(entry, "url"),
                       why.empty() ? "" : ": ", why);
  std::string out;
  if (!why.empty())
    out = fmt::format("nothing is served from the cache for {}: {}\n", text(entry, "url"), why);
  for (const Json& variant : variants) out += variant_text(variant);
  return out;
}

ExitCode cache(const Options& options, Shell& shell) {
  const std::string path = options.url.empty() ? std::string("/cache/stats")
                                               : "/cache/entry?url=" + percent_encoded(options.url);
  const auto answer = ask(options.target, "GET", path, shell);
  if (!answer) return answer.error();
  const Json json = parse(answer->body);
  if (answer->status != 200 || !json.is_object()) {
    shell.err << unexpected(answer->status, json).err;
    return exit_code_after(answer->status);
  }
  if (options.json)
    shell.out << answer->body;
  else
    shell.out << (options.url.empty() ? stats_text(json) : entry_text(json));
  return ExitCode::ok;
}

}  // namespace

Action declare_cache(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_target_options(app, options->target);
  app.add_option("--url", options->url, "Explain what is stored for this one")
      ->type_name("URL")
      ->check(refuse_empty);
  app.add_flag("--json", options->json, "The answer as the program gives it");
  return [options](Shell& shell) { return cache(*options, shell); };
}

}  // namespace minato::cli
