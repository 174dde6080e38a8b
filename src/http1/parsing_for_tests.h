// What the tests of this room share: heads parsed from a text.
#pragma once

#include <string>

#include "http1/framing.h"
#include "http1/head_parser.h"

namespace minato::http1 {

/// One request head and all that its views need.
struct RequestUnderTest {
  explicit RequestUnderTest(std::string bytes, const HeadLimits& limits = {})
      : text(std::move(bytes)), parser(head, limits) {}

  Progress feed_all() { return parser.feed(text); }
  /// The text grows by one byte a call, in the same place.
  Progress feed_bytewise() {
    Progress progress = Progress::need_more;
    for (std::size_t size = 0; size <= text.size() && progress == Progress::need_more; ++size)
      progress = parser.feed(std::string_view(text).substr(0, size));
    return progress;
  }
  /// Head and framing together: none where both are accepted.
  http::Reason verdict() {
    const Progress progress = feed_all();
    if (progress == Progress::refused) return parser.refusal().reason;
    if (progress == Progress::need_more) return http::Reason::client_gone;  // incomplete
    const auto length = request_body_length(head);
    return length ? http::Reason::none : length.error().reason;
  }

  std::string text;
  BlockPool pool;
  Arena arena{pool};
  http::RequestHead head{arena};
  RequestParser parser;
};

struct ResponseUnderTest {
  explicit ResponseUnderTest(std::string bytes, const HeadLimits& limits = {})
      : text(std::move(bytes)), parser(head, limits) {}

  Progress feed_all() { return parser.feed(text); }
  Progress feed_bytewise() {
    Progress progress = Progress::need_more;
    for (std::size_t size = 0; size <= text.size() && progress == Progress::need_more; ++size)
      progress = parser.feed(std::string_view(text).substr(0, size));
    return progress;
  }

  std::string text;
  BlockPool pool;
  Arena arena{pool};
  http::ResponseHead head{arena};
  ResponseParser parser;
};

}  // namespace minato::http1
