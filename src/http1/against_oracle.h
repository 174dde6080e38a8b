// Holds the real parsers against the naive ones and against themselves, split at any place. A
// difference is text that says what differs; none is empty. For tests and fuzzing alone.
#pragma once

#include "http1/chunked.h"
#include "http1/framing.h"
#include "http1/naive_chunked.h"
#include "http1/naive_request.h"

namespace minato::http1 {

/// What a parser made of some bytes, in comparable form.
inline std::string described(const naive::Request& request) {
  std::string text = request.method + " " + request.target + (request.http_1_0 ? " 1.0" : " 1.1");
  text += "\nauthority " + request.authority + "\nhead " + std::to_string(request.head_size);
  text += "\nbody " + request.body;
  for (const auto& [name, value] : request.fields) text += "\n[" + name + "][" + value + "]";
  return text;
}

inline std::string described(http::BodyLength length) {
  switch (length.kind) {
    case http::BodyLength::Kind::none: return "none";
    case http::BodyLength::Kind::known: return std::to_string(length.bytes);
    case http::BodyLength::Kind::chunked: return "chunked";
    case http::BodyLength::Kind::to_close: return "to_close";
  }
  return "";
}

inline std::string refused(std::string_view detail) { return "refused: " + std::string(detail); }

/// Empty where the head is not complete; why, where head or framing is refused.
inline std::string parsed_request(std::string_view bytes, std::size_t first_piece,
                                  const HeadLimits& limits) {
  BlockPool pool;
  Arena arena(pool);
  http::RequestHead head(arena);
  RequestParser parser(head, limits);
  Progress progress = parser.feed(bytes.substr(0, first_piece));
  if (progress == Progress::need_more) progress = parser.feed(bytes);
  if (progress == Progress::need_more) return "";
  if (progress == Progress::refused) return refused(parser.refusal().detail);
  const auto length = request_body_length(head);
  if (!length) return refused(length.error().detail);

  naive::Request request{std::string(head.method_text),
                         std::string(head.target.text),
                         std::string(head.authority),
                         head.version == http::Version::http_1_0,
                         {},
                         parser.head_size(),
                         described(*length)};
  for (const http::Field& line : head.fields.lines())
    request.fields.emplace_back(line.name, line.value);
  return described(request);
}

inline std::string request_difference(std::string_view bytes, std::size_t split,
                                      const HeadLimits& limits = {}) {
  const std::string whole = parsed_request(bytes, bytes.size(), limits);
  const std::string parted = parsed_request(bytes, split, limits);
  if (whole != parted)
    return "split at " + std::to_string(split) + ":\n" + parted + "\nwhole:\n" + whole;
  const auto expected = naive::parse_request(std::string(bytes), limits);
  const bool accepted = !whole.empty() && !whole.starts_with(refused(""));
  if (!expected) return accepted ? "only the parser accepts:\n" + whole : "";
  return described(*expected) == whole ? ""
                                       : "oracle:\n" + described(*expected) + "\nparser:\n" + whole;
}

/// The same of a chunked body; trailers that are dropped are not compared.
inline std::string decoded_chunked(std::string_view bytes, std::size_t first_piece,
                                   const ChunkedLimits& limits) {
  BlockPool pool;
  Arena arena(pool);
  http::Fields trailers(arena);
  ChunkedDecoder decoder(trailers, limits);
  std::string data;
  std::size_t used = 0;
  auto step = ChunkedDecoder::Step::need_more;
  for (const std::size_t end : {std::min(first_piece, bytes.size()), bytes.size()}) {
    std::string_view input = bytes.substr(used, end - used);
    while ((step = decoder.next(input)) == ChunkedDecoder::Step::data) data += decoder.data();
    used = end - input.size();
    if (step != ChunkedDecoder::Step::need_more) break;
  }
  if (step == ChunkedDecoder::Step::need_more) return "";
  if (step == ChunkedDecoder::Step::refused) return refused(decoder.detail());
  for (const http::Field& line : trailers.lines())
    data.append("\n").append(line.name).append(": ").append(line.value);
  return data + "\nsize " + std::to_string(used);
}

inline std::string chunked_difference(std::string_view bytes, std::size_t split,
                                      const ChunkedLimits& limits = {}) {
  const std::string whole = decoded_chunked(bytes, bytes.size(), limits);
  const std::string parted = decoded_chunked(bytes, split, limits);
  if (whole != parted)
    return "split at " + std::to_string(split) + ":\n" + parted + "\nwhole:\n" + whole;
  auto expected = naive::decode_chunked(std::string(bytes), limits);
  const bool accepted = !whole.empty() && !whole.starts_with(refused(""));
  if (!expected) return accepted ? "only the decoder accepts:\n" + whole : "";
  std::string text = expected->data;
  for (const auto& [name, value] : expected->trailers)
    if (may_be_trailer({name, value, http::field_id(name)})) text += "\n" + name + ": " + value;
  text += "\nsize " + std::to_string(expected->size);
  return text == whole ? "" : "oracle:\n" + text + "\ndecoder:\n" + whole;
}

}  // namespace minato::http1
