#include "admin/json.h"

#include <nlohmann/json.hpp>

#include "http/status.h"
#include "observe/time_text.h"

namespace minato::admin {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json moment(WallTime time) {
  if (time == WallTime{}) return nullptr;
  return observe::TimeText().rfc3339(time);
}

double seconds(Nanos span) { return std::chrono::duration<double>(span).count(); }

template <class T>
Json list(const std::vector<T>& items, Json (*json_of)(const T&)) {
  Json json = Json::array();
  for (const T& item : items) json.push_back(json_of(item));
  return json;
}

std::string_view name(EndpointState state) {
  switch (state) {
    case EndpointState::up: return "up";
    case EndpointState::down: return "down";
    case EndpointState::unresolved: return "unresolved";
  }
  std::unreachable();
}

Json endpoint_json(const EndpointStatus& endpoint) {
  return {{"address", endpoint.address},        {"upstream", endpoint.upstream},
          {"health", name(endpoint.state)},     {"reason", endpoint.reason},
          {"since", moment(endpoint.since)},    {"in_flight", endpoint.in_flight},
          {"exchanges", endpoint.exchanges},    {"failed_connects", endpoint.failed_connects},
          {"connections", endpoint.connections}};
}

Json service_json(const ServiceStatus& service) {
  return {{"name", service.name},
          {"port", service.port},
          {"balancer", service.balancer},
          {"endpoints", list(service.endpoints, endpoint_json)}};
}

Json listener_json(const ListenerStatus& listener) {
  return {{"address", listener.address}, {"port", listener.port}, {"services", listener.services}};
}

Json history_json(const ReloadStatus& reloads) {
  const bool any = reloads.last.has_value();
  return {{"accepted", reloads.accepted},
          {"refused", reloads.refused},
          {"last", any ? moment(*reloads.last) : Json()},
          {"last_accepted", any ? Json(reloads.last_accepted) : Json()}};
}

Json problem_entry(const schema::Problem& problem) {
  return {{"severity", problem.severity == schema::Severity::error ? "error" : "warning"},
          {"file", problem.file},
          {"line", problem.line},
          {"column", problem.column},
          {"path", problem.path},
          {"message", problem.message},
          {"suggestion", problem.suggestion},
          {"text", schema::render(problem)}};
}

Json counters_json(const Status& status) {
  Json json = Json::object();
  for (const observe::CounterRow& row : observe::counter_rows())
    json[std::string(row.name)] = status.counters[static_cast<std::size_t>(row.counter)];
  return json;
}

/// RFC 9457 3.1 and 4.2.1: without a type of its own, a problem's title is its status's phrase.
Json details(std::uint16_t status, std::string_view detail) {
  return {{"type", "about:blank"},
          {"title", http::reason_phrase(status)},
          {"status", status},
          {"detail", detail}};
}

}  // namespace

std::string status_json(const Status& status) {
  return text({{"version", status.version},
               {"pid", status.pid},
               {"started", moment(status.started)},
               {"uptime", seconds(status.uptime)},
               {"config", status.config_path},
               {"ready", status.ready},
               {"workers", status.workers},
               {"reloads", history_json(status.reloads)},
               {"listeners", list(status.listeners, listener_json)},
               {"services", list(status.services, service_json)},
               {"counters", counters_json(status)}});
}

std::string reload_json(const ReloadOutcome& outcome) {
  return text({{"accepted", outcome.accepted},
               {"changes", outcome.changes},
               {"problems", list(outcome.problems, problem_entry)},
               {"duration", seconds(outcome.duration)}});
}

std::string problem_json(std::uint16_t status, std::string_view detail) {
  return text(details(status, detail));
}

std::string refused_reload_json(std::uint16_t status, std::string_view detail,
                                const ReloadOutcome& outcome) {
  Json json = details(status, detail);
  json["problems"] = list(outcome.problems, problem_entry);
  json["duration"] = seconds(outcome.duration);
  return text(json);
}

std::string flag_json(std::string_view key, bool value) {
  return text({{std::string(key), value}});
}

}  // namespace minato::admin
