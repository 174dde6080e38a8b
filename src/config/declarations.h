// The keys of the configuration that no other room declares.
#pragma once

#include "config/options.h"
#include "net/cidr.h"

namespace minato::config {

inline constexpr std::array control_socket_words{
    schema::Choice{"auto", "`minato-<user>.sock` in the runtime directory."},
    schema::Choice{
        "off", "No control socket: `minato reload`, `status`, `purge` and `cache` do not work."},
};

/// Rules that only code can state; each is wrong where `text` is not what its name says.
std::optional<schema::Rejection> check_listen(std::string_view text);
std::optional<schema::Rejection> check_address(std::string_view text);
std::optional<schema::Rejection> check_socket_path(std::string_view text);
std::optional<schema::Rejection> check_service_name(std::string_view text);
std::optional<schema::Rejection> check_user_name(std::string_view text);

/// What a service holds before its own keys are read: what stands at the top.
ServiceConfig inherit(const Config& config);

}  // namespace minato::config

namespace minato::schema {

template <>
inline constexpr auto of<config::AdminOptions> = object(
    "The control interface over TCP. Absent: off.",
    field(&config::AdminOptions::listen, "listen", "Where it listens.", required,
          checked(config::check_listen, "an IP address with a port, such as 127.0.0.1:9180")),
    field(&config::AdminOptions::token_file, "token_file",
          "File with the token that callers send as `Authorization: Bearer TOKEN`; needed where "
          "`listen` is not a loopback address. Without one, the Host of a request must be an IP "
          "address or localhost, and pages of other origins are refused. `/livez` and `/readyz` "
          "are open to all."));

template <>
inline constexpr auto of<config::NormalizeOptions> =
    object("How paths are compared with prefixes. They are forwarded as the client wrote them.",
           field(&config::NormalizeOptions::merge_slashes, "merge_slashes",
                 "Repeated slashes count as one. The same for all services of a host on a port."));

template <>
inline constexpr auto of<config::ServiceConfig> = object(
    "What is served where. Sections that also stand at the top override it, key by key.",
    field(&config::ServiceConfig::name, "name", "In logs and in `minato status`; unique.", required,
          checked(config::check_service_name, "1 to 100 characters that can be seen")),
    field(&config::ServiceConfig::listen_port, "listen_port",
          "Port for clients. Services may share one.", required, between(1, 65'535)),
    field(&config::ServiceConfig::listen_address, "listen_address",
          "Address for clients; empty: all, IPv6 and IPv4.",
          checked(config::check_address, "an IP address, or \"\" for all")),
    field(&config::ServiceConfig::balancer, "balancer", "Which endpoint takes the next request.",
          one_of(upstream::balancer_choices)),
    field(&config::ServiceConfig::hosts, "hosts",
          "What is asked for: `http://domain[/prefix]`, `http://*.domain`, `http://*`. The most "
          "specific host decides, then its longest prefix.",
          required),
    field(&config::ServiceConfig::upstreams, "upstreams", "", required),
    field(&config::ServiceConfig::normalize, "normalize", ""),
    field(&config::ServiceConfig::timeouts, "timeouts", "How long to wait.", inherited),
    field(&config::ServiceConfig::limits, "limits", "How much to take.", inherited),
    field(&config::ServiceConfig::upstream_pool, "upstream_pool", "Idle connections.", inherited),
    field(&config::ServiceConfig::retries, "retries", "Trying again.", inherited),
    field(&config::ServiceConfig::health_check, "health_check", "Health checks.", inherited),
    field(&config::ServiceConfig::forwarding, "forwarding", "Added fields.", inherited),
    field(&config::ServiceConfig::access_log, "access_log", "Access log.", inherited),
    field(&config::ServiceConfig::cache, "cache", "What is stored.", inherited),
    later("redirect_to_https", "TLS"), later("hsts", "TLS"), later("upstream_tls", "TLS"),
    later("proxy_protocol", "the PROXY protocol"));

template <>
inline constexpr auto of<config::Config> = object(
    "The whole program.",
    field(&config::Config::workers, "workers",
          "Threads that serve; `auto`: one per CPU this process may use.", between(1, 1024),
          zero_word("auto"), needs_restart),
    field(
        &config::Config::user, "user",
        "Becomes this user after binding, keeping only the right to bind low ports; empty: stays.",
        needs_restart, checked(config::check_user_name, "a user name of at most 255 bytes")),
    field(&config::Config::shutdown_grace, "shutdown_grace",
          "On SIGTERM: what runs has so long to end.", between(0s, 24h)),
    field(&config::Config::drain_delay, "drain_delay",
          "On SIGTERM: readiness fails at once, listeners close after this.", between(0s, 1h)),
    field(&config::Config::trusted_proxies, "trusted_proxies",
          "Networks whose X-Forwarded-*, X-Real-IP and Forwarded are believed.",
          checked(net::check_cidr, "a network such as 10.0.0.0/8 or 2001:db8::/32, or an address")),
    field(&config::Config::control_socket, "control_socket",
          "Unix socket for `minato reload`, `status`, `purge` and `cache`, mode 0600: `auto`, "
          "`off` or a path.",
          words(config::control_socket_words), needs_restart,
          checked(config::check_socket_path, "an absolute path")),
    field(&config::Config::admin, "admin", "", needs_restart),
    field(&config::Config::log, "log", ""), field(&config::Config::access_log, "access_log", ""),
    field(&config::Config::dns, "dns", "", needs_restart),
    field(&config::Config::forwarding, "forwarding", ""),
    field(&config::Config::timeouts, "timeouts", ""), field(&config::Config::limits, "limits", ""),
    field(&config::Config::upstream_pool, "upstream_pool", ""),
    field(&config::Config::retries, "retries", ""),
    field(&config::Config::health_check, "health_check", ""),
    field(&config::Config::cache, "cache", ""),
    field(&config::Config::services, "services", "", required, starts_as(config::inherit)),
    later("include", "a later version"), later("watch", "a later version"),
    later("tests", "a later version"), later("tls", "TLS"));

}  // namespace minato::schema
