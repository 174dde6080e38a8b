// A name server for tests, on loopback and on the loop of the test, over UDP and TCP.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <vector>

#include "base/strings.h"
#include "net/socket.h"
#include "net/socket_network.h"
#include "runtime/scope.h"

namespace minato::net {

/// What there is to know of a name.
struct NameRecord {
  std::vector<std::string> addresses;  ///< literals of both kinds
  std::uint32_t ttl = 60;
  std::string alias_of;  ///< a CNAME: the addresses are those of this name
  std::uint32_t alias_ttl = 60;
};

class TestNameServer final : private runtime::Watcher {
 public:
  explicit TestNameServer(runtime::EpollLoop& loop) : loop_(loop), network_(loop), tasks_(loop) {
    const Address any = Address::parse("127.0.0.1", 0).value();
    listener_ = network_.listen({.address = any, .shared = false}).value();
    socket_ = Fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    sockaddr_storage storage;
    const socklen_t size = address().to_sockaddr(storage);
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&storage), size), 0);
    EXPECT_TRUE(loop_.watch(socket_.get(), *this));
    tasks_.start(serve_tcp(*this));
  }
  TestNameServer(const TestNameServer&) = delete;
  TestNameServer& operator=(const TestNameServer&) = delete;
  ~TestNameServer() {
    tasks_.cancel_all();
    loop_.unwatch(socket_.get(), *this);
  }

  Address address() const { return listener_->address(); }

  std::map<std::string, NameRecord> names;  ///< in lower case
  bool silent = false;                      ///< answers nothing
  unsigned rcode = 0;                       ///< says this instead of an answer (RFC 1035 4.1.1)
  std::size_t udp_bytes_max = 512;          ///< a longer answer is cut off, and asked for over TCP
  int udp_questions = 0;
  int tcp_questions = 0;

 private:
  static constexpr std::size_t header_bytes = 12;
  static constexpr std::uint16_t type_a = 1, type_cname = 5, type_aaaa = 28;

  void ready(runtime::Readiness) override {
    std::array<char, 512> buffer;
    sockaddr_storage from;
    for (;;) {
      socklen_t size = sizeof from;
      auto* const generic = reinterpret_cast<sockaddr*>(&from);
      const ssize_t got =
          ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, generic, &size);
      if (got <= 0) return;
      ++udp_questions;
      std::string reply = answer({buffer.data(), static_cast<std::size_t>(got)});
      if (reply.size() > udp_bytes_max) {
        reply.resize(udp_bytes_max);
        reply[2] |= 0x02;  // TC
      }
      if (!silent) ::sendto(socket_.get(), reply.data(), reply.size(), 0, generic, size);
    }
  }

  static Task<void> serve_tcp(TestNameServer& self) {
    for (;;) {
      auto next = co_await self.listener_->accept();
      if (!next) co_return;
      self.tasks_.start(serve_connection(self, std::move(next->stream)));
    }
  }

  static Task<void> serve_connection(TestNameServer& self, std::unique_ptr<Stream> stream) {
    std::string received;
    std::array<char, 512> buffer;
    for (;;) {
      const auto got = co_await stream->read(buffer, never);
      if (!got || *got == 0) co_return;
      received.append(buffer.data(), *got);
      while (received.size() > 2 && received.size() - 2 >= number16(received, 0)) {
        ++self.tcp_questions;
        std::string reply = self.answer(received.substr(2, number16(received, 0)));
        received.erase(0, 2 + number16(received, 0));
        reply.insert(0, bytes16(reply.size()));
        std::array<iovec, 1> piece{{{reply.data(), reply.size()}}};
        const auto written = co_await stream->write(piece, 0ms);
        if (!written) co_return;
      }
    }
  }

  static std::size_t number16(std::string_view text, std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(text[at]) << 8 |
                                    static_cast<unsigned char>(text[at + 1]));
  }
  static std::string bytes16(std::size_t number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  }
  static std::string bytes32(std::uint32_t number) {
    return bytes16(number >> 16) + bytes16(number & 0xffff);
  }
  static std::string labels(std::string_view name) {
    std::string encoded;
    while (!name.empty()) {
      const auto label = take_until(name, '.');
      encoded += static_cast<char>(label.size());
      encoded += label;
    }
    return encoded + '\0';
  }
  static std::string record(std::string_view name, std::uint16_t type, std::uint32_t ttl,
                            std::string_view data) {
    return labels(name) + bytes16(type) + bytes16(1) + bytes32(ttl) + bytes16(data.size()) +
           std::string(data);
  }

  /// RFC 1035 4.1.
  std::string answer(std::string_view question) const {
    std::string name;
    std::size_t at = header_bytes;
    for (std::size_t size; (size = static_cast<unsigned char>(question[at])) != 0; at += size + 1)
      name.append(name.empty() ? "" : ".").append(question.substr(at + 1, size));
    std::ranges::transform(name, name.begin(), to_lower);
    const auto type = static_cast<std::uint16_t>(number16(question, at + 1));
    const auto found = names.find(name);
    const unsigned code = rcode != 0 ? rcode : found == names.end() ? 3u : 0u;  // 3: NXDOMAIN
    std::size_t count = 0;
    const std::string records =
        code == 0 ? records_of(name, found->second, type, count) : std::string();
    return std::string(question.substr(0, 2)) + bytes16(0x8180 | code) + bytes16(1) +
           bytes16(count) + bytes32(0) +
           std::string(question.substr(header_bytes, at + 5 - header_bytes)) + records;
  }

  std::string records_of(const std::string& name, const NameRecord& known, std::uint16_t type,
                         std::size_t& count) const {
    std::string records;
    if (!known.alias_of.empty()) {
      ++count;
      records = record(name, type_cname, known.alias_ttl, labels(known.alias_of)) +
                records_of(known.alias_of, names.at(known.alias_of), type, count);
    }
    for (const std::string& literal : known.addresses) {
      const std::string bytes(Address::parse(literal, 0)->ip_bytes());
      if ((bytes.size() == 4 ? type_a : type_aaaa) != type) continue;
      ++count;
      records += record(name, type, known.ttl, bytes);
    }
    return records;
  }

  runtime::EpollLoop& loop_;
  SocketNetwork network_;
  Fd socket_;
  std::unique_ptr<Listener> listener_;
  runtime::Scope tasks_;
};

}  // namespace minato::net
