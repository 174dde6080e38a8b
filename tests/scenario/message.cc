#include "scenario/message.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "runtime/loop.h"

namespace minato::scenario {
namespace {

bool split_field(const std::string& line, Head& into) {
  const auto colon = line.find(':');
  if (colon == 0 || colon == line.npos) return false;
  std::string_view value = std::string_view(line).substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  into.fields.emplace_back(line.substr(0, colon), value);
  return true;
}

bool parse_number(std::string_view text, int base, std::size_t& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

Framing length_of(const Head& head) {
  std::size_t bytes = 0;
  if (!parse_number(head.value("content-length"), 10, bytes)) return {Framing::Kind::wrong};
  return {Framing::Kind::length, bytes};
}

}  // namespace

std::string Head::value(std::string_view name) const {
  for (const auto& [field, value] : fields)
    if (iequals(field, name)) return value;
  return {};
}

std::vector<std::string> Head::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [field, value] : fields)
    if (iequals(field, name)) found.push_back(value);
  return found;
}

std::string Head::word(std::size_t index) const {
  std::size_t from = 0;
  for (; index > 0 && from != std::string::npos; --index) {
    from = start_line.find(' ', from);
    if (from != std::string::npos) ++from;
  }
  return from == std::string::npos ? ""
                                   : start_line.substr(from, start_line.find(' ', from) - from);
}

Framing Framing::of_request(const Head& head) {
  if (head.count("transfer-encoding") + head.count("content-length") > 1) return {Kind::wrong};
  if (head.count("transfer-encoding") == 1) return {Kind::chunked};
  if (head.count("content-length") == 1) return length_of(head);
  return {Kind::none};
}

Framing Framing::of_response(const Head& head, std::string_view request_method) {
  if (request_method == "HEAD" || head.status() < 200 || head.status() == 204 ||
      head.status() == 304)
    return {Kind::none};
  const Framing stated = of_request(head);
  return stated.kind == Kind::none ? Framing{Kind::to_close} : stated;
}

Task<bool> Inbox::fill() {
  if (over_) co_return false;
  if (pace_.pause_max > Nanos::zero())
    co_await runtime::pause(
        stream_.loop(), Nanos(random_.below(static_cast<std::uint64_t>(pace_.pause_max.count()))));
  std::array<char, 4096> buffer;
  const std::span<char> into(buffer.data(), std::min(buffer.size(), pace_.piece_max));
  const auto count = co_await stream_.read(into, never);
  broken_ = !count;
  over_ = !count || *count == 0;
  if (!over_) text_.append(buffer.data(), *count);
  co_return !over_;
}

void Inbox::consume(std::size_t bytes) {
  at_ += bytes;
  if (at_ < text_.size() && at_ < 65'536) return;
  text_.erase(0, at_);
  at_ = 0;
}

Task<Ending> Inbox::read_line(std::string& line) {
  for (;;) {
    const auto end = unread().find("\r\n");
    if (end != std::string_view::npos) {
      line = unread().substr(0, end);
      consume(end + 2);
      co_return Ending::complete;
    }
    const bool more = co_await fill();
    if (!more) co_return Ending::cut;
  }
}

Task<Ending> Inbox::read_head(Head& head) {
  head = {};
  while (head.start_line.empty()) {
    const Ending ending = co_await read_line(head.start_line);
    if (ending != Ending::complete) co_return ending;
  }
  co_return co_await read_fields(head);
}

Task<Ending> Inbox::read_fields(Head& into) {
  for (std::string line;;) {
    const Ending ending = co_await read_line(line);
    if (ending != Ending::complete || line.empty()) co_return ending;
    if (!split_field(line, into)) co_return Ending::wrong;
  }
}

Task<Ending> Inbox::read_body(Framing framing, Take take, Head& trailers) {
  switch (framing.kind) {
    case Framing::Kind::none: co_return Ending::complete;
    case Framing::Kind::length: co_return co_await read_exactly(framing.bytes, take);
    case Framing::Kind::to_close: co_return co_await read_to_close(take);
    case Framing::Kind::chunked: co_return co_await read_chunked(take, trailers);
    case Framing::Kind::wrong: break;
  }
  co_return Ending::wrong;
}

Task<Ending> Inbox::read_exactly(std::size_t bytes, const Take& take) {
  while (bytes > 0) {
    if (unread().empty()) {
      const bool more = co_await fill();
      if (!more) co_return Ending::cut;
    }
    const std::size_t count = std::min(bytes, unread().size());
    take(unread().substr(0, count));
    consume(count);
    bytes -= count;
  }
  co_return Ending::complete;
}

Task<Ending> Inbox::read_to_close(const Take& take) {
  for (bool more = true; more;) {
    take(unread());
    consume(unread().size());
    more = co_await fill();
  }
  co_return broken_ ? Ending::cut : Ending::complete;
}

Task<Ending> Inbox::read_chunked(const Take& take, Head& trailers) {
  for (std::string line;;) {
    Ending ending = co_await read_line(line);
    if (ending != Ending::complete) co_return ending;
    std::size_t bytes = 0;
    if (!parse_number(line.substr(0, line.find(';')), 16, bytes)) co_return Ending::wrong;
    if (bytes == 0) co_return co_await read_fields(trailers);
    ending = co_await read_exactly(bytes, take);
    if (ending != Ending::complete) co_return ending;
    ending = co_await read_line(line);
    if (ending == Ending::complete && !line.empty()) ending = Ending::wrong;
    if (ending != Ending::complete) co_return ending;
  }
}

Task<bool> write_paced(net::Stream& stream, Random& random, Pace pace, std::string text) {
  for (std::size_t at = 0; at < text.size();) {
    if (pace.pause_max > Nanos::zero())
      co_await runtime::pause(
          stream.loop(), Nanos(random.below(static_cast<std::uint64_t>(pace.pause_max.count()))));
    iovec piece{text.data() + at, std::min(text.size() - at, 1 + random.below(pace.piece_max))};
    at += piece.iov_len;
    const auto written = co_await stream.write({&piece, 1}, 0ms);
    if (!written) co_return false;
  }
  co_return true;
}

}  // namespace minato::scenario
