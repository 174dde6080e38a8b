// Why a message is not accepted: what follows from it is a row of http/reason.h.
#pragma once

#include <expected>

#include "http/reason.h"

namespace minato::http1 {

struct Refusal {
  http::Reason reason = http::Reason::none;
  const char* detail = "";  ///< static text, safe to log and to put into Proxy-Status
};

template <class T>
using Accepted = std::expected<T, Refusal>;

/// Every call of an incremental reader ends in one of these.
enum class Progress : std::uint8_t { need_more, done, refused };

}  // namespace minato::http1
