// Passes a response on to the client that asked for it, and keeps a copy where that may be stored:
// for requests that are nobody else's.
#pragma once

#include "cache/fill/fill.h"
#include "cache/policy/cache_status.h"
#include "runtime/loop.h"

namespace minato::cache {

/// Thread: its worker's. What is confirmed, contested or replaced by what is stored is swallowed:
/// `ruling` tells, when the exchange with the origin is over.
class Tee final : public http::Responder {
 public:
  Tee(Fills& fills, Asked& asked, CacheStatus status, std::string_view name,
      http::Responder& client, http::Request& request)
      : fills_(fills),
        loop_(fills.loop()),
        asked_(asked),
        status_(status),
        name_(name),
        client_(client),
        request_(request) {}
  ~Tee() override;

  /// Once a head has come.
  const std::optional<Ruling>& ruling() const { return ruling_; }
  /// 0 until then.
  std::uint16_t origin_status() const { return status_.forwarded_status; }

  Task<Result<void>> interim(const http::ResponseHead& head) override {
    return client_.interim(head);
  }
  Result<void> start(const http::ResponseHead& head, http::BodyLength length) override;
  bool started() const override { return swallows_ || client_.started(); }
  Soon<Result<void>> write(std::string_view piece, http::Last last) override;
  /// Not where it is kept, too: that needs to see it.
  bool takes_pipes() const override { return !swallows_ && !growth_ && client_.takes_pipes(); }
  Soon<Result<void>> write_piped(Pipe& pipe, http::Last last) override {
    return client_.write_piped(pipe, last);
  }
  Soon<Result<void>> flush() override;
  Soon<Result<void>> finish(const http::Fields* trailers) override;
  Task<Result<http::Tunnel*>> upgrade(const http::ResponseHead& head) override {
    return client_.upgrade(head);
  }

 private:
  Task<Result<void>> keep_and_pass(std::string_view piece, http::Last last);
  Task<Result<void>> end(const http::Fields* trailers);
  Task<void> complete();

  Fills& fills_;
  runtime::Loop& loop_;
  Asked& asked_;
  CacheStatus status_;
  std::string_view name_;
  http::Responder& client_;
  http::Request& request_;
  std::optional<Ruling> ruling_;
  std::shared_ptr<Growth> growth_;
  bool swallows_ = false;
};

}  // namespace minato::cache
