// The part of the oracle (http1/naive_request.h) that reads authorities. For tests and fuzzing
// alone.
#pragma once

#include <algorithm>
#include <regex>
#include <string>

namespace minato::http1::naive {

inline const std::string digit = "0123456789";
inline const std::string alpha = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
inline const std::string tchar = digit + alpha + "!#$%&'*+-.^_`|~";  // RFC 9110 5.6.2

inline bool in(const std::string& set, char c) { return set.find(c) != std::string::npos; }

inline bool is_only(const std::string& set, const std::string& text) {
  return text.find_first_not_of(set) == std::string::npos;
}

// IPv6address of RFC 3986 3.2.2, as it stands there.
inline std::regex ipv6_grammar() {
  const std::string octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  const std::string ipv4 = octet + "\\." + octet + "\\." + octet + "\\." + octet;
  const std::string h16 = "[0-9A-Fa-f]{1,4}";
  const std::string ls32 = "(?:" + h16 + ":" + h16 + "|" + ipv4 + ")";
  const std::string some = "(?:" + h16 + ":)";
  const auto up_to = [&](const char* times) {
    return "(?:" + some + "{0," + times + "}" + h16 + ")?::";
  };
  return std::regex(some + "{6}" + ls32 + "|::" + some + "{5}" + ls32 + "|" + up_to("0") + some +
                    "{4}" + ls32 + "|" + up_to("1") + some + "{3}" + ls32 + "|" + up_to("2") +
                    some + "{2}" + ls32 + "|" + up_to("3") + some + ls32 + "|" + up_to("4") + ls32 +
                    "|" + up_to("5") + h16 + "|" + up_to("6"));
}

// host [ ":" port ]: RFC 3986 3.2.2 and 3.2.3, less what http/authority.h says it refuses.
inline bool is_authority(const std::string& text) {
  static const std::regex ipv6 = ipv6_grammar();
  const bool literal = !text.empty() && text[0] == '[';
  const std::size_t host_end = literal ? text.find(']') + 1 : std::min(text.find(':'), text.size());
  const std::string host = text.substr(0, host_end), port = text.substr(host_end);
  if (literal && (host.size() < 3 || host.size() > 47)) return false;
  if (literal && !std::regex_match(host.substr(1, host.size() - 2), ipv6)) return false;
  if (!literal && !is_only(alpha + digit + "-._~!$&'()*+;=", host)) return false;
  if (host.empty() || host.size() > 255) return false;
  if (port.empty() || port == ":") return true;
  return port[0] == ':' && port.size() <= 6 && is_only(digit, port.substr(1)) &&
         std::stoi(port.substr(1)) <= 65535;
}

}  // namespace minato::http1::naive
