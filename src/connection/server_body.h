// The request body of a client connection, as handlers see it.
#pragma once

#include "connection/body_reader.h"

namespace minato::connection {

class ServerBody final : public http::RequestBody {
 public:
  ServerBody(net::Stream& stream, ReceiveBuffer& buffer, Arena& arena)
      : reader_(stream, buffer), trailers_(arena) {}

  void begin(http::BodyLength length, const http::BodyRules& rules, bool expects_continue) {
    reader_.begin(length, rules, trailers_);
    awaits_continue_ = expects_continue && !length.empty();
    if (awaits_continue_) reader_.hold();
  }
  /// 100 (Continue) has gone out.
  void continued() {
    awaits_continue_ = false;
    reader_.release();
  }
  /// Nobody wants the rest: who discards it has times of his own.
  void begin_discard() { reader_.release(); }

  http::BodyLength length() const override { return reader_.length(); }
  /// A client that sends its body all the same no longer waits.
  bool awaits_continue() const override { return awaits_continue_ && reader_.bytes() == 0; }
  bool buffered() const override { return reader_.buffered(); }
  Soon<Result<std::string_view>> read() override { return reader_.read(); }
  std::uint64_t unseen() const override { return awaits_continue() ? 0 : reader_.unseen(); }
  Soon<Result<Pipe>> read_piped() override { return reader_.read_piped(); }
  bool ended() const override { return reader_.complete(); }
  const http::Fields& trailers() const override { return trailers_; }

  std::uint64_t bytes() const { return reader_.bytes(); }

 private:
  BodyReader reader_;
  http::Fields trailers_;
  bool awaits_continue_ = false;
};

}  // namespace minato::connection
