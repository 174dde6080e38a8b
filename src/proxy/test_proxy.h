// A proxy between clients and origins that a test plays, on the simulated network.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "connection/server.h"
#include "proxy/proxy.h"
#include "sim/peer.h"
#include "sim/sim_network.h"
#include "sim/sim_world.h"
#include "upstream/registry.h"

namespace minato::proxy {

/// The origin of one endpoint: takes connections, and leaves the rest to the test.
class TestOrigin {
 public:
  TestOrigin(sim::SimWorld& world, sim::SimLoop& loop, net::Network& network, net::Address address)
      : world_(world), network_(network), address_(std::move(address)), tasks_(loop) {
    open();
  }

  void open() {
    listener_ = network_.listen({.address = address_}).value();
    tasks_.start(accept());
  }
  /// Connects are refused from here on; connections that are open stay.
  void close() {
    tasks_.cancel_all();
    listener_.reset();
  }
  const net::Address& address() const { return address_; }
  std::size_t connections() const { return connections_.size(); }
  sim::Peer& connection(std::size_t number = 0) { return connections_.at(number); }
  sim::Peer& newest() { return connections_.back(); }

 private:
  Task<void> accept() {
    for (;;) {
      auto accepted = co_await listener_->accept();
      if (!accepted) co_return;
      connections_.emplace_back(world_, std::move(accepted->stream));
    }
  }

  sim::SimWorld& world_;
  net::Network& network_;
  net::Address address_;
  std::unique_ptr<net::Listener> listener_;
  std::deque<sim::Peer> connections_;
  runtime::Scope tasks_;
};

/// So that from now on it is the reader who is waited for. What was not taken is returned.
inline std::string_view send_all_it_takes(sim::Peer& peer, std::string_view bytes) {
  for (std::size_t before = bytes.size() + 1; bytes.size() < before;) {
    before = bytes.size();
    bytes = peer.send_some(bytes);
  }
  return bytes;
}

class ProxyTest : public testing::Test {
 protected:
  static constexpr std::string_view pseudonym = "minato-1";
  static constexpr std::string_view get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  static constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  explicit ProxyTest(std::size_t endpoints = 2) {
    upstream::GroupConfig config{.name = "shop", .entries = {}, .health = {}};
    for (std::size_t i = 0; i < endpoints; ++i) {
      const auto address = *net::Address::parse("10.0.0." + std::to_string(1 + i), 80);
      origins.emplace_back(world, origin_loop, origin_network, address);
      config.entries.emplace_back().host.host = address.host_text();
    }
    service.name = config.name;
    service.group = registry.apply({config}, {}).front();
    port->front = LocalRef<connection::Front>(new ProxyFront(service, surroundings));
    clients_listener_ = network.listen({.address = proxy_address}).value();
    tasks_.start(accept());
    world.run_until_idle();
  }
  ~ProxyTest() override {
    tasks_.cancel_all();
    server.cut();
  }

  /// A new client, which has sent `bytes`.
  sim::Peer& client(std::string_view bytes = "") {
    tasks_.start(connect());
    const std::size_t number = clients_.size();
    world.run_until([&] { return clients_.size() > number; }, 1s);
    clients_.back().send(bytes);
    return clients_.back();
  }
  /// The one origin that has a connection by now.
  TestOrigin& chosen() { return origins[0].connections() > 0 ? origins[0] : origins[1]; }
  TestOrigin& other() { return origins[0].connections() > 0 ? origins[1] : origins[0]; }

  static std::string chunked(std::string_view data) {
    constexpr char digits[] = "0123456789abcdef";
    return std::string(1, digits[data.size()]) + "\r\n" + std::string(data) + "\r\n";
  }
  static int status_of(std::string_view response) {
    return response.size() < 12 ? 0 : std::stoi(std::string(response.substr(9, 3)));
  }
  static std::string_view body_of(std::string_view message) {
    return message.substr(std::min(message.size(), message.find("\r\n\r\n") + 4));
  }

 private:
  /// Routes every request to the service.
  struct ProxyFront final : connection::Front, http::Handler {
    ProxyFront(const Service& to, const Surroundings& around) : service(to), proxy(to, around) {
      trusted_proxies = &nobody;
    }
    http::Handler& handler() override { return *this; }
    Task<http::Outcome> handle(http::Request& request, http::Responder& responder) override {
      request.rules = service.body_rules();
      return proxy.handle(request, responder);
    }
    const Service& service;
    Proxy proxy;
    net::CidrSet nobody;
  };
  struct Unheard final : connection::Witness, upstream::ConnectNews {
    void connection_opened() override {}
    void connection_closed() override {}
    void exchange_ended(const connection::ExchangeEnd& end) override {
      reasons.push_back(end.record.reason);
      attempts.push_back(end.record.attempts);
    }
    void connect_failed(const upstream::Endpoint&, const Error&) override {}
    void connect_recovered(const upstream::Endpoint&) override {}
    std::vector<http::Reason> reasons;
    std::vector<int> attempts;
  };
  Task<void> accept() {
    for (;;) {
      auto accepted = co_await clients_listener_->accept();
      if (!accepted) co_return;
      server.serve(*std::move(accepted), port);
    }
  }
  Task<void> connect() {
    auto stream = co_await client_network_.connect(proxy_address, never);
    clients_.emplace_back(world, *std::move(stream));
  }

 protected:
  const net::Address proxy_address = *net::Address::parse("203.0.113.1", 80);
  sim::SimWorld world{1};
  sim::SimLoop& loop = world.add_loop();
  sim::SimLoop& origin_loop = world.add_loop();
  sim::SimLoop& client_loop = world.add_loop();
  sim::SimNetwork network{world.wire(), loop};
  sim::SimNetwork origin_network{world.wire(), origin_loop};
  std::deque<TestOrigin> origins;
  Unheard told;
  upstream::Registry registry{1};
  Service service;
  upstream::Pools pools{loop, network, told};
  Surroundings surroundings{.loop = loop, .pools = pools, .worker = 0, .pseudonym = pseudonym};
  LocalRef<connection::Port> port = make_local<connection::Port>();
  connection::Server server{loop, told};

 private:
  sim::SimNetwork client_network_{world.wire(), client_loop};
  std::unique_ptr<net::Listener> clients_listener_;
  std::deque<sim::Peer> clients_;
  runtime::Scope tasks_{loop};
};

/// With one endpoint.
class LoneProxyTest : public ProxyTest {
 protected:
  LoneProxyTest() : ProxyTest(1) {}
  TestOrigin& origin() { return origins.front(); }
};

}  // namespace minato::proxy
