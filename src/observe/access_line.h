// What is known of an exchange when it is over, as plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.h"

namespace minato::observe {

/// Views need to live for the call only. Empty text and a status of 0 mean that there is none.
struct AccessLine {
  WallTime time{};          ///< when the request began
  std::string_view id;      ///< of the request
  std::string_view client;  ///< the believed address
  std::string_view peer;    ///< the address at the other end of the connection

  std::string_view scheme;
  std::string_view method;  ///< empty where no request line was understood
  std::string_view target;
  std::string_view version;  ///< "HTTP/1.1"
  std::string_view host;
  std::string_view referer;
  std::string_view user_agent;
  std::uint64_t bytes_in = 0;  ///< of the request's body

  std::uint16_t status = 0;     ///< 0 where no response began
  std::uint64_t bytes_out = 0;  ///< of the response's body
  std::string_view reason;      ///< why it ended as it did; empty where all went well
  Nanos duration{0};            ///< from the request's first byte to the response's last
  Nanos first_byte{0};          ///< from the request's first byte to the response's first

  std::string_view cache;  ///< what the cache did, as Cache-Status says it; empty where none

  std::string_view service;
  std::string_view endpoint;  ///< the last one tried
  std::uint8_t attempts = 0;  ///< 0 where no endpoint was tried
  std::uint16_t upstream_status = 0;
  Nanos upstream_duration{0};  ///< from the first attempt to the response's head
};

}  // namespace minato::observe
