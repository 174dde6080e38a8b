#include "cli/control_client.h"

#include "base/ok.h"
#include "connection/http1_client.h"
#include "net/socket_network.h"
#include "net/unix_socket.h"
#include "runtime/scope.h"

namespace minato::cli {
namespace {

constexpr std::size_t answer_bytes_max = 256u << 20;

using connection::Http1Client;
using http::FieldId;

/// A GET without a body, a POST with one that may be empty.
http::BodyLength body_length(const ControlQuestion& question) {
  return question.method == "GET" ? http::BodyLength::none()
                                  : http::BodyLength::known(question.body.size());
}

Task<Result<void>> send(Http1Client& client, const ControlQuestion& question, Arena& arena) {
  http::RequestHead head(arena);
  head.method = http::method_of(question.method);
  head.method_text = question.method;
  head.target.text = head.target.path = question.path;
  head.fields.add(FieldId::host, "localhost");
  head.fields.add(FieldId::connection, "close");
  if (const auto started = client.start(head, body_length(question)); !started) co_return started;
  co_return co_await client.write(question.body, http::Last::yes);
}

Task<Result<std::string>> receive(Http1Client& client, Instant until) {
  if (const auto read = co_await client.read_head(until); !read)
    co_return std::unexpected(read.error());
  std::string body;
  for (;;) {
    const auto piece = co_await client.read_body();
    if (!piece) co_return std::unexpected(piece.error());
    if (piece->empty()) co_return body;
    body += *piece;
    if (body.size() > answer_bytes_max)
      co_return fail(Fault::too_large, Side::upstream, "the answer is too large");
  }
}

Task<Result<ControlAnswer>> converse(runtime::EpollLoop& loop, const ControlQuestion& question) {
  const auto address = net::Address::unix_path(question.socket);
  if (!address) co_return fail(Fault::not_found, Side::local, "not a path of a socket");
  if (!net::is_trusted_socket(question.socket, question.user))
    co_return fail(Fault::denied, Side::local,
                   "it belongs to another user, who may only pretend to be minato");
  const Instant until = loop.now() + question.patience;
  net::SocketNetwork network(loop);
  Http1Client client(co_await ok(network.connect(*address, until)));
  Arena arena(loop.blocks());
  http::ResponseHead head(arena);
  const http::BodyRules rules{.idle = question.patience};
  client.begin({.response = head, .rules = rules});
  co_await ok(send(client, question, arena));
  std::string body = co_await ok(receive(client, until));
  client.end();
  ControlAnswer answer{.status = head.status, .body = std::move(body)};
  co_return answer;
}

Task<void> converse_and_stop(runtime::EpollLoop& loop, const ControlQuestion& question,
                             Result<ControlAnswer>& answer) {
  answer = co_await converse(loop, question);
  loop.stop();
}

}  // namespace

Result<ControlAnswer> ask(const ControlQuestion& question) {
  auto loop = runtime::EpollLoop::make(0);  // nothing here is left to chance
  if (!loop) return std::unexpected(loop.error());
  Result<ControlAnswer> answer;
  runtime::Scope tasks(**loop);
  tasks.start(converse_and_stop(**loop, question, answer));
  if (tasks.running() > 0) (*loop)->run();
  return answer;
}

}  // namespace minato::cli
