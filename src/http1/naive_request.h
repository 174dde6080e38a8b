// The request parser's oracle: a second parser, written from the grammar rule by rule, slow and
// plain. For tests and fuzzing alone. It shares no parsing code with the real one; both must accept
// the same requests and read the same from them.
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "http1/connection_fields.h"
#include "http1/head_parser.h"
#include "http1/naive_authority.h"

namespace minato::http1::naive {

using FieldLine = std::pair<std::string, std::string>;

struct Request {
  std::string method;
  std::string target;
  std::string authority;
  bool http_1_0 = false;
  std::vector<FieldLine> fields;
  std::size_t head_size = 0;
  std::string body;  ///< "none", "chunked" or the number of bytes
};

inline std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

inline std::string without_ows(std::string text) {
  while (!text.empty() && in(" \t", text.back())) text.pop_back();
  while (!text.empty() && in(" \t", text.front())) text.erase(0, 1);
  return text;
}

inline std::vector<std::string> values(const Request& request, const std::string& name) {
  std::vector<std::string> found;
  for (const auto& [field_name, value] : request.fields)
    if (lower(field_name) == name) found.push_back(value);
  return found;
}

// RFC 9112 3.2. On success `authority` is that of an absolute-form, else empty.
inline bool is_target(const std::string& method, const std::string& target,
                      std::string& authority) {
  for (const char c : target)
    if (c <= 0x20 || c >= 0x7f || c == '#') return false;
  if (method == "CONNECT") return false;  // not implemented
  if (target.empty()) return false;
  if (target == "*") return method == "OPTIONS";
  if (target[0] == '/') return true;
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == std::string::npos) return false;
  const std::string scheme = lower(target.substr(0, scheme_end));
  if (scheme != "http" && scheme != "https") return false;
  const std::string rest = target.substr(scheme_end + 3);
  authority = rest.substr(0, rest.find_first_of("/?"));
  return is_authority(authority);
}

/// Walks over the text by the rules of RFC 9112 2.1, 3 and 5.
class Grammar {
 public:
  explicit Grammar(std::string text) : text_(std::move(text)) {}

  std::size_t at() const { return at_; }
  bool literal(const std::string& wanted) {
    if (text_.compare(at_, wanted.size(), wanted) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  std::string run(const std::string& set) {
    std::string found;
    while (at_ < text_.size() && in(set, text_[at_])) found += text_[at_++];
    return found;
  }
  std::string until_any(const std::string& set) {
    std::string found;
    while (at_ < text_.size() && !in(set, text_[at_])) found += text_[at_++];
    return found;
  }
  // HTTP-version = "HTTP" "/" DIGIT "." DIGIT, of which the major 1 is known.
  bool version(Request& request) {
    if (!literal("HTTP/1.")) return false;
    const std::string minor = run(digit);
    request.http_1_0 = minor == "0";
    return minor.size() == 1;
  }
  // request-line = method SP request-target SP HTTP-version CRLF
  bool request_line(Request& request) {
    request.method = run(tchar);
    if (request.method.empty() || !literal(" ")) return false;
    request.target = until_any(" \r\n");
    return literal(" ") && version(request) && literal("\r\n");
  }
  // field-line = field-name ":" OWS field-value OWS CRLF
  bool field_line(Request& request) {
    const std::string name = run(tchar);
    if (name.empty() || !literal(":")) return false;
    const std::string value = until_any("\r\n");
    for (const char c : value)
      if ((c >= 0 && c < 0x20 && c != '\t') || c == 0x7f) return false;
    request.fields.emplace_back(name, without_ows(value));
    return literal("\r\n");
  }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

// RFC 9112 3.2: Host, and what is then the authority of the request.
inline bool has_valid_host(Request& request, const std::string& target_authority) {
  const auto hosts = values(request, "host");
  if (hosts.size() > 1 || (hosts.empty() && !request.http_1_0)) return false;
  if (!hosts.empty() && !is_authority(hosts[0])) return false;
  request.authority = !target_authority.empty() ? target_authority : hosts.empty() ? "" : hosts[0];
  return true;
}

// RFC 9112 6.3.
inline bool has_clear_framing(Request& request) {
  const auto codings = values(request, "transfer-encoding");
  const auto lengths = values(request, "content-length");
  request.body = "none";
  if (!codings.empty()) {
    request.body = "chunked";
    return codings.size() == 1 && lengths.empty() && !request.http_1_0 &&
           lower(codings[0]) == "chunked";
  }
  if (lengths.empty()) return true;
  if (lengths.size() > 1 || lengths[0].empty() || !is_only(digit, lengths[0])) return false;
  if (lengths[0].size() > 19 || (lengths[0].size() == 19 && lengths[0] > "9223372036854775807"))
    return false;
  request.body = std::to_string(std::stoull(lengths[0]));
  return true;
}

// RFC 9110 7.6.1: a comma list of tokens, so that a quote means nothing in it.
inline std::size_t connection_options(const Request& request) {
  std::size_t count = 0;
  for (const std::string& list : values(request, "connection")) {
    std::stringstream rest(list);
    for (std::string option; std::getline(rest, option, ',');)
      count += !without_ows(option).empty();
  }
  return count;
}

/// The request whose head `text` begins with, or nothing where that is not a complete, acceptable
/// one.
inline std::optional<Request> parse_request(const std::string& text, const HeadLimits& limits) {
  Request request;
  Grammar grammar(text);
  for (int i = 0; i < empty_lines_max; ++i) grammar.literal("\r\n");
  if (!grammar.request_line(request)) return std::nullopt;
  while (!grammar.literal("\r\n"))
    if (!grammar.field_line(request)) return std::nullopt;
  request.head_size = grammar.at();

  std::string target_authority;
  const bool within_limits =
      request.head_size <= limits.head_bytes && request.method.size() <= method_bytes_max &&
      request.target.size() <= limits.target_bytes && request.fields.size() <= limits.field_count &&
      connection_options(request) <= connection_options_max;
  const bool valid = within_limits && is_target(request.method, request.target, target_authority) &&
                     has_valid_host(request, target_authority) && has_clear_framing(request);
  return valid ? std::optional(request) : std::nullopt;
}

}  // namespace minato::http1::naive
