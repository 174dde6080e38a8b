#include "cli/report.h"

#include <fmt/format.h>

#include "cli/json_answer.h"
#include "cli/table.h"

namespace minato::cli {
namespace {

/// `2026-11-22 15:00:00Z`, from RFC 3339; a dash where there is none.
std::string moment(const Json& json, const char* key) {
  std::string time = text(json, key);
  if (time.size() < 20) return "-";
  time[10] = ' ';
  return time.substr(0, 19) + "Z";
}

/// In the two largest units that fit.
std::string duration(double seconds) {
  const auto all = static_cast<std::uint64_t>(seconds);
  const auto days = all / 86400, hours = all / 3600 % 24, minutes = all / 60 % 60;
  if (days > 0) return fmt::format("{}d {}h", days, hours);
  if (hours > 0) return fmt::format("{}h {}m", hours, minutes);
  if (minutes > 0) return fmt::format("{}m {}s", minutes, all % 60);
  return fmt::format("{}s", all);
}

std::string reloads_line(const Json& reloads) {
  const auto accepted = count(reloads, "accepted");
  const auto refused = count(reloads, "refused");
  if (accepted + refused == 0) return "not reloaded yet";
  return fmt::format("{} accepted, {} refused, the last {} at {}", counted(accepted, "reload"),
                     refused, is_true(reloads, "last_accepted") ? "accepted" : "refused",
                     moment(reloads, "last"));
}

std::string process_lines(const Json& status) {
  const std::string config = text(status, "config");
  return fmt::format("minato {}, pid {}: {}, {}, up {}\n{}: {}\n", text(status, "version"),
                     count(status, "pid"), is_true(status, "ready") ? "ready" : "not ready",
                     counted(count(status, "workers"), "worker"), duration(span(status, "uptime")),
                     config.empty() ? "built-in configuration" : config,
                     reloads_line(at(status, "reloads")));
}

std::string traffic_line(const Json& counters) {
  return fmt::format("{} open; {}, {} in flight; responses: {} 2xx, {} 3xx, {} 4xx, {} 5xx\n",
                     counted(count(counters, "connections_open"), "connection"),
                     counted(count(counters, "requests"), "request"),
                     count(counters, "requests_in_flight"), count(counters, "responses_2xx"),
                     count(counters, "responses_3xx"), count(counters, "responses_4xx"),
                     count(counters, "responses_5xx"));
}

/// Where `service` listens.
std::string listener_of(const Json& status, const std::string& service) {
  for (const Json& listener : at(status, "listeners"))
    for (const Json& name : at(listener, "services"))
      if (name == service) return text(listener, "address");
  return "-";
}

std::string up_of(const Json& endpoints) {
  std::size_t up = 0;
  for (const Json& endpoint : endpoints) up += text(endpoint, "health") == "up" ? 1 : 0;
  return fmt::format("{} of {} up", up, endpoints.size());
}

std::string services_table(const Json& status) {
  Table table({{"SERVICE"}, {"LISTENER"}, {"BALANCER"}, {"ENDPOINTS"}});
  for (const Json& service : at(status, "services")) {
    const std::string name = text(service, "name");
    table.add({name, listener_of(status, name), text(service, "balancer"),
               up_of(at(service, "endpoints"))});
  }
  return table.text();
}

/// Its address, and the upstream it belongs to where the address does not tell.
std::string endpoint_name(const Json& endpoint) {
  const std::string address = text(endpoint, "address");
  const std::string upstream = text(endpoint, "upstream");
  if (address.empty()) return upstream;
  if (upstream == address || upstream == "http://" + address) return address;
  return fmt::format("{} ({})", address, upstream);
}

void add_endpoint(Table& table, const std::string& service, const Json& endpoint) {
  const auto number = [&](const char* key) { return std::to_string(count(endpoint, key)); };
  table.add({service, endpoint_name(endpoint), text(endpoint, "health"), number("in_flight"),
             number("exchanges"), number("connections"), number("failed_connects"),
             moment(endpoint, "since"), text(endpoint, "reason")});
}

std::string endpoints_table(const Json& status) {
  Table table({{"SERVICE"},
               {"ENDPOINT"},
               {"HEALTH"},
               {"IN FLIGHT", Align::right},
               {"EXCHANGES", Align::right},
               {"CONNECTIONS", Align::right},
               {"FAILED CONNECTS", Align::right},
               {"SINCE"},
               {"REASON"}});
  for (const Json& service : at(status, "services"))
    for (const Json& endpoint : at(service, "endpoints"))
      add_endpoint(table, text(service, "name"), endpoint);
  return table.text();
}

std::string problems_text(const Json& answer) {
  std::string out;
  for (const Json& problem : at(answer, "problems")) out += text(problem, "text") + "\n\n";
  return out;
}

}  // namespace

std::string counted(std::uint64_t number, std::string_view noun) {
  const std::string_view ending = noun.ends_with('s') ? "es" : "s";
  return fmt::format("{} {}{}", number, noun, number == 1 ? "" : ending);
}

Report status_report(std::uint16_t status, std::string_view body) {
  const Json answer = parse(body);
  if (status != 200 || !answer.is_object()) return unexpected(status, answer);
  return {.out = process_lines(answer) + traffic_line(at(answer, "counters")) + "\n" +
                 services_table(answer) + "\n" + endpoints_table(answer)};
}

Report reload_report(std::uint16_t status, std::string_view body) {
  const Json answer = parse(body);
  if (!answer.is_object() || (status != 200 && !answer.contains("problems")))
    return unexpected(status, answer);
  if (status != 200)
    return {.err = problems_text(answer) + "minato: " + text(answer, "detail") + "\n"};
  Report report{.out = fmt::format("reloaded in {:.0f} ms\n", span(answer, "duration") * 1000),
                .err = problems_text(answer)};
  const Json& changes = at(answer, "changes");
  if (changes.empty()) report.out += "  nothing changed\n";
  for (const Json& change : changes)
    if (change.is_string()) report.out += "  " + change.get<std::string>() + "\n";
  return report;
}

}  // namespace minato::cli
