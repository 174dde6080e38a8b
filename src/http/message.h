// The heads of requests and responses, whatever protocol carried them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/fields.h"
#include "http/method.h"

namespace minato::http {

enum class Version : std::uint8_t { http_1_0, http_1_1 };
enum class Scheme : std::uint8_t { http, https };

/// RFC 9112 3.2.
enum class TargetForm : std::uint8_t { origin, absolute, authority, asterisk };

/// What the request line asks for, as it was written.
struct Target {
  TargetForm form = TargetForm::origin;
  std::string_view text;  ///< all of it
  std::string_view
      path;  ///< begins with '/'; empty in the other forms and where an absolute one has none
  std::string_view query;      ///< behind the first '?', without it
  bool has_query = false;      ///< `/x?` has one, and it is empty
  std::string_view authority;  ///< of an absolute or authority form
};

/// How much body a message has (RFC 9112 6.3).
struct BodyLength {
  enum class Kind : std::uint8_t {
    none,      ///< no body, and no framing field either
    known,     ///< Content-Length; may be 0
    chunked,   ///< until its last chunk
    to_close,  ///< until the connection ends; responses only
  };
  Kind kind = Kind::none;
  std::uint64_t bytes = 0;  ///< where known

  static constexpr BodyLength none() { return {}; }
  static constexpr BodyLength known(std::uint64_t n) { return {Kind::known, n}; }
  bool empty() const { return kind == Kind::none || (kind == Kind::known && bytes == 0); }
  friend constexpr bool operator==(BodyLength, BodyLength) = default;
};

struct RequestHead {
  explicit RequestHead(Arena& arena) : fields(arena) {}

  Method method = Method::other;
  std::string_view method_text;
  Target target;
  Version version = Version::http_1_1;
  /// Host, or the authority of an absolute-form target, as sent; empty where an HTTP/1.0 request
  /// names none.
  std::string_view authority;
  Fields fields;
};

struct ResponseHead {
  explicit ResponseHead(Arena& arena) : fields(arena) {}

  std::uint16_t status = 0;
  std::string_view reason;  ///< the phrase; carries no meaning (RFC 9112 4)
  Version version = Version::http_1_1;
  Fields fields;
  /// Further lines as HTTP/1 writes them, well-formed, Date among the first: what is sent over and
  /// over need not be put together each time.
  std::array<std::string_view, 2> prepared{};

  bool interim() const { return status >= 100 && status < 200; }
};

}  // namespace minato::http
