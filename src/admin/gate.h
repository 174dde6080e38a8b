// Who may ask: the rules that stand between a request and the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace minato::admin {

/// How callers reach the API, and what they must show.
struct GateOptions {
  /// Over TCP a browser can be made to ask too, on behalf of a page from anywhere.
  enum class Reach : std::uint8_t { unix_socket, tcp };
  Reach reach = Reach::unix_socket;
  std::string token;  ///< empty: none is needed
};

enum class Denial : std::uint8_t {
  no_token,      ///< 401
  wrong_token,   ///< 401
  foreign_host,  ///< 421
  foreign_page,  ///< 403
};

/// Why `head` may not ask, or nothing.
///
/// With a token, that is all that counts: no page can make a browser send one. Without, over TCP,
/// the Host must be an IP address or localhost, since any other name may have been pointed at us by
/// whoever owns it (DNS rebinding), and an Origin must be our own, since a page may post without
/// asking (cross-site request forgery). The control socket is guarded by its mode.
std::optional<Denial> denial(const http::RequestHead& head, const GateOptions& options);

/// Compares in a time that depends on `given` alone.
bool same_secret(std::string_view given, std::string_view secret) noexcept;

/// The token in a file's text: without white space around it. Nothing where that is not what can
/// stand behind `Bearer` (RFC 6750 2.1), an empty one among them.
std::optional<std::string> token_of_file(std::string_view text);

}  // namespace minato::admin
