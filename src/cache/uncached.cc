#include "cache/uncached.h"

#include "cache/outdated.h"

namespace minato::cache {
namespace {

/// Passes a response on, and purges when its head has come, before the client knows of it.
class Purging final : public http::Responder {
 public:
  Purging(const http::Request& request, Elsewhere& elsewhere, http::Responder& client)
      : request_(request), elsewhere_(elsewhere), client_(client) {}

  Task<Result<void>> interim(const http::ResponseHead& head) override {
    return client_.interim(head);
  }
  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override {
    Arena& arena = request_.arena;
    const Url asked = requested_url(request_.client.scheme, request_.head, arena);
    for (const Url& url : outdated_by(request_.head.method, asked, head, arena).urls())
      elsewhere_.purge(url, nullptr, nullptr, arena);
    return client_.start(head, length);
  }
  bool started() const override { return client_.started(); }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override {
    return client_.write(piece, last);
  }
  Soon<Result<void>> write_pieces(std::span<const std::string_view> pieces,
                                  http::Last last) override {
    return client_.write_pieces(pieces, last);
  }
  bool takes_pipes() const override { return client_.takes_pipes(); }
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last) override {
    return client_.write_piped(pipe, last);
  }
  Soon<Result<void>> flush() override { return client_.flush(); }
  Soon<Result<void>> finish(const http::Fields* trailers) override {
    return client_.finish(trailers);
  }
  Task<Result<http::Tunnel*>> upgrade(const http::ResponseHead& head) override {
    return client_.upgrade(head);
  }

 private:
  const http::Request& request_;
  Elsewhere& elsewhere_;
  http::Responder& client_;
};

Task<http::Outcome> pass_on(http::Handler& origin, http::Request& request, Elsewhere& elsewhere,
                            http::Responder& client) {
  Purging responder(request, elsewhere, client);
  co_return co_await origin.handle(request, responder);
}

}  // namespace

Task<http::Outcome> UncachedHandler::handle(http::Request& request, http::Responder& responder) {
  if (http::is_safe(request.head.method) || request.head.authority.empty())
    return origin_.handle(request, responder);
  return pass_on(origin_, request, elsewhere_, responder);
}

}  // namespace minato::cache
