// What the API answers: made whole, then sent.
#pragma once

#include <string>
#include <string_view>

#include "http/handler.h"

namespace minato::admin {

struct Reply {
  std::uint16_t status = 200;
  std::string_view content_type = "application/json";  ///< static
  std::string body;
  http::FieldId extra = http::FieldId::unknown;  ///< one more field, if any
  std::string extra_value;
  http::Reason reason = http::Reason::none;  ///< for the log
};

/// A JSON document.
Reply document(std::string json);
/// RFC 9457; `detail` is a sentence for a person.
Reply problem(std::uint16_t status, std::string_view detail,
              http::Reason reason = http::Reason::none);

/// `reply` lives until the task is done.
Task<http::Outcome> send(const Reply& reply, http::Request& request, http::Responder& responder);

}  // namespace minato::admin
