// HTTP/1.1 messages read the plain way, one line after the other, as the oracle of the scenarios:
// written from RFC 9112 alone, without anything of src/http1.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/task.h"
#include "net/stream.h"

namespace minato::scenario {

struct Head {
  std::string start_line;
  std::vector<std::pair<std::string, std::string>> fields;

  /// Of the first field of that name, whatever its case; empty where there is none.
  std::string value(std::string_view name) const;
  std::size_t count(std::string_view name) const { return values(name).size(); }
  /// Of every field of that name, in their order.
  std::vector<std::string> values(std::string_view name) const;
  /// The words of the start line: "GET", "/", "HTTP/1.1".
  std::string word(std::size_t index) const;
  int status() const { return std::atoi(word(1).c_str()); }
};

/// How a message ended.
enum class Ending : std::uint8_t {
  complete,
  cut,    ///< the connection ended or broke before
  wrong,  ///< it is no HTTP
};

/// How a body is delimited (RFC 9112 6.3).
struct Framing {
  enum class Kind : std::uint8_t { none, length, chunked, to_close, wrong };
  Kind kind = Kind::none;
  std::size_t bytes = 0;

  static Framing of_request(const Head& head);
  static Framing of_response(const Head& head, std::string_view request_method);
};

/// How fast someone reads or writes.
struct Pace {
  std::size_t piece_max = 4096;
  Nanos pause_max{0};  ///< before a piece
};

/// What arrives at one end of a connection. One task reads at a time.
class Inbox {
 public:
  Inbox(net::Stream& stream, Random& random, Pace pace = {})
      : stream_(stream), random_(random), pace_(pace) {}

  /// Skips empty lines in front (RFC 9112 2.2). `cut` with an empty start line: nothing came.
  Task<Ending> read_head(Head& head);
  /// Gives the body to `take`, piece by piece, and trailers to `trailers`.
  using Take = std::function<void(std::string_view)>;
  Task<Ending> read_body(Framing framing, Take take, Head& trailers);

  /// Waits for more. False at the end, and where the stream broke.
  Task<bool> fill();
  /// What came and was not yet read.
  std::string_view unread() const { return std::string_view(text_).substr(at_); }
  void consume(std::size_t bytes);
  bool over() const { return over_; }
  /// Over, and not by an orderly end.
  bool broken() const { return broken_; }

 private:
  Task<Ending> read_line(std::string& line);
  Task<Ending> read_fields(Head& into);
  Task<Ending> read_exactly(std::size_t bytes, const Take& take);
  Task<Ending> read_to_close(const Take& take);
  Task<Ending> read_chunked(const Take& take, Head& trailers);

  net::Stream& stream_;
  Random& random_;
  Pace pace_;
  std::string text_;
  std::size_t at_ = 0;
  bool over_ = false;
  bool broken_ = false;
};

/// Writes all of `text`, in pieces. False where the stream breaks.
Task<bool> write_paced(net::Stream& stream, Random& random, Pace pace, std::string text);

}  // namespace minato::scenario
