// A body on its way to a reader, for tests.
#pragma once

#include "connection/body_reader.h"
#include "connection/options.h"
#include "connection/test_connection.h"

namespace minato::connection {

inline constexpr http::BodyLength chunked{http::BodyLength::Kind::chunked, 0};
inline constexpr http::BodyLength to_close{http::BodyLength::Kind::to_close, 0};

struct Body {
  explicit Body(http::BodyLength length, const http::BodyRules& with = {}) : rules(with) {
    reader.begin(length, rules, trailers);
  }
  Result<std::string> read_all() { return connection.await(collect(reader)); }
  Pending<Result<std::string>> reading() { return {connection.loop, collect(reader)}; }

  static Task<Result<std::string>> collect(BodyReader& reader) {
    std::string all;
    for (;;) {
      const auto piece = co_await reader.read();
      if (!piece) co_return std::unexpected(piece.error());
      if (piece->empty()) co_return all;
      all += *piece;
    }
  }

  TestConnection connection;
  http::BodyRules rules;
  BlockPool pool;
  Arena arena{pool};
  http::Fields trailers{arena};
  ReceiveBuffer buffer{connection.loop.blocks()};
  BodyReader reader{*connection.near, buffer};
};

}  // namespace minato::connection
