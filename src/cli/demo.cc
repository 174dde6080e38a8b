#include <fmt/ostream.h>

#include <CLI/CLI.hpp>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/background_server.h"
#include "cli/command.h"
#include "cli/demo_origin.h"
#include "config/control_socket.h"
#include "config/declarations.h"
#include "net/ports.h"

namespace minato::cli {
namespace {

constexpr std::uint16_t usual_port = 8080;
constexpr Millis pace = 300ms;  // of the stream: slow enough to be seen
constexpr std::string_view loopback = "127.0.0.1";

net::Address local(std::uint16_t port) { return *net::Address::parse(loopback, port); }

using Origins = std::vector<net::Address>;

Result<Origins> add_origins(BackgroundServer& server) {
  Origins addresses;
  for (const char* name : {"origin A", "origin B"}) {
    auto listening =
        server.listen(local(0), std::make_unique<DemoOrigin>(server.loop(), name, pace));
    if (!listening) return std::unexpected(listening.error());
    addresses.push_back(*listening);
  }
  return addresses;
}

/// The usual port, or one that is free.
Result<std::uint16_t> choose_port() {
  if (net::claim_port(local(usual_port))) return usual_port;
  const auto loop = runtime::EpollLoop::make(0);
  if (!loop) return std::unexpected(loop.error());
  const auto listener = net::SocketNetwork(**loop).listen({.address = local(0)});
  if (!listener) return std::unexpected(listener.error());
  return (*listener)->address().port();
}

/// One of its own, so that the demo is in nobody's way.
std::string demo_socket(const schema::Environment& environment) {
  const auto directory = environment.find("XDG_RUNTIME_DIR");
  auto who = config::operator_of_process(directory != environment.end() ? directory->second : "");
  who.user += "-demo";
  return config::control_socket_path("auto", who);
}

config::Config demo_config(std::uint16_t port, const Origins& origins, std::string socket) {
  config::Config config;
  config.control_socket = std::move(socket);
  config.log.level = observe::LogLevel::warn;
  config.access_log.format = "common";
  config.cache.emplace();
  config::ServiceConfig service = config::inherit(config);
  service.name = "demo";
  service.listen_port = port;
  service.listen_address = loopback;
  service.hosts = {{.host = "*"}};
  for (const net::Address& origin : origins)
    service.upstreams.push_back({.host = {.host = origin.host_text(), .port = origin.port()}});
  config.services = {std::move(service)};
  return config;
}

/// A path to this program that works in the folder it was started in.
std::string own_path() {
  namespace fs = std::filesystem;
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  if (failed) return "minato";
  const fs::path here = program.lexically_relative(fs::current_path(failed));
  const bool below = !failed && !here.empty() && *here.begin() != "..";
  return (below ? (here.has_parent_path() ? here : "." / here) : program).string();
}

void greet(const config::Config& config, Shell& shell) {
  const auto site = fmt::format("http://{}:{}", loopback, config.services.front().listen_port);
  fmt::print(shell.out,
             "Minato listens at {0} and shares its requests out between two small origins.\n"
             "Try these in another terminal:\n\n"
             "  curl {0}/hello  # twice: the origins take turns\n"
             "  curl -N {0}/slow  # a stream, which arrives piece by piece\n"
             "  curl -d name=Ada '{0}/form?x=1'  # a form, and what the origin sees of it\n"
             "  curl -i {0}/cached  # twice: the second is from the cache, see Cache-Status\n\n"
             "  {1} status --socket {2}\n\n"
             "Requests are logged below. Ctrl-C ends it.\n\n",
             site, own_path(), config.control_socket);
  shell.out.flush();
}

ExitCode fail_start(const Error& error, Shell& shell) {
  fmt::print(shell.err, "minato: the demo cannot start: {}\n",
             error.os_errno != 0 ? std::strerror(error.os_errno) : error.detail);
  return ExitCode::failed_start;
}

/// `wanted`: 0 where none was asked for.
ExitCode demo(std::uint16_t wanted, Shell& shell) {
  auto server = BackgroundServer::make();
  if (!server) return fail_start(server.error(), shell);
  const auto origins = add_origins(**server);
  if (!origins) return fail_start(origins.error(), shell);
  const auto port = wanted != 0 ? Result<std::uint16_t>(wanted) : choose_port();
  if (!port) return fail_start(port.error(), shell);
  (*server)->start();
  const auto config = demo_config(*port, *origins, demo_socket(shell.environment));
  const auto load = [&] { return config::Loaded{.config = config, .problems = {}}; };
  return control::run({.load = load, .reload = load, .started = [&] { greet(config, shell); }});
}

}  // namespace

Action declare_demo(CLI::App& app) {
  const auto port = std::make_shared<std::uint16_t>(0);
  app.add_option("-p,--port", *port, "Where to listen; without it 8080, or one that is free")
      ->type_name("PORT")
      ->check(CLI::Range(1, 65535));
  return [port](Shell& shell) { return demo(*port, shell); };
}

}  // namespace minato::cli
