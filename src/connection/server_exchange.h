// One request and its response on a client connection.
#pragma once

#include <optional>

#include "connection/server_connection.h"
#include "connection/server_responder.h"
#include "http1/head_parser.h"

namespace minato::connection {

/// Lives from the first byte of a request to the last of its response.
class ServerExchange {
 public:
  /// Reads the next request, answers it and tells what is to become of the connection.
  static Task<Next> run(ServerConnection& connection);

 private:
  explicit ServerExchange(ServerConnection& connection);
  ~ServerExchange();

  enum class Head : std::uint8_t { complete, refused, gone };
  Soon<Head> read_head();
  Task<Head> wait_for_head();
  std::optional<Head> parse();
  std::optional<Head> received(Result<std::size_t> count);
  void note();
  Head refuse_head(http::Reason reason, const char* detail);
  /// Settles framing and keep-alive. Refused where the framing is.
  Head accept_head();
  /// The handler's work on the request.
  Task<http::Outcome> handle();
  Soon<Next> conclude(const std::optional<http::Outcome>& outcome);
  /// Answers in the handler's place, by the reason's row.
  Task<Next> answer_failure();
  Soon<Next> after_response();
  bool may_still_send() const;
  Task<Next> discard_body();
  http::Client client();
  http::RequestId make_id();

  ServerConnection& connection_;
  net::Stream& stream_;
  ReceiveBuffer& buffer_;
  LocalRef<Front> front_;
  WallTime began_wall_;
  Instant began_;
  Arena arena_;
  http::RequestHead head_;
  http1::RequestParser parser_;
  http::BodyRules rules_;
  http::Record record_;
  http::Failure failure_{http::Reason::none};
  ServerBody body_;
  ServerResponder responder_;
  http::Client client_;
  http::RequestId id_;
  std::optional<http::Request> request_;
  bool keep_alive_ = false;
  bool refused_ = false;       // the head, so that where the request ends is not known
  bool tunnel_ended_ = false;  // in good order
  bool noteworthy_ = false;    // enough came that the log should know of it
};

}  // namespace minato::connection
