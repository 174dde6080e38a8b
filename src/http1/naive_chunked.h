// The chunked decoder's oracle, written from the grammar (RFC 9112 7.1) over a whole body at once.
// For tests and fuzzing alone.
#pragma once

#include "http1/chunked.h"
#include "http1/naive_request.h"

namespace minato::http1::naive {

struct ChunkedBody {
  std::string data;
  std::vector<FieldLine> trailers;
  std::size_t size = 0;  ///< on the wire
};

// chunk-size [ chunk-ext ] CRLF, of which the extension is only measured.
inline bool chunk_line(Grammar& grammar, std::size_t& size, std::size_t& extension_bytes) {
  const std::string digits = grammar.run(digit + "abcdefABCDEF");
  if (digits.empty() || digits.size() > 16 || (digits.size() == 16 && digits[0] >= '8'))
    return false;
  size = std::stoull(digits, nullptr, 16);
  const std::string extension = grammar.until_any("\r\n");
  if (!extension.empty() && without_ows(extension).substr(0, 1) != ";") return false;
  for (const char c : extension)
    if ((c >= 0 && c < 0x20 && c != '\t') || c == 0x7f) return false;
  extension_bytes += extension.size();
  return grammar.literal("\r\n");
}

/// The body that `text` begins with, or nothing where that is not a complete, acceptable one.
inline std::optional<ChunkedBody> decode_chunked(const std::string& text,
                                                 const ChunkedLimits& limits) {
  Grammar grammar(text);
  ChunkedBody body;
  std::size_t size = 0, extension_bytes = 0;
  for (;;) {
    if (!chunk_line(grammar, size, extension_bytes)) return std::nullopt;
    if (extension_bytes > limits.extension_bytes + body.data.size()) return std::nullopt;
    if (size == 0) break;
    if (size > text.size() - grammar.at()) return std::nullopt;
    body.data += text.substr(grammar.at(), size);
    if (!grammar.literal(text.substr(grammar.at(), size)) || !grammar.literal("\r\n"))
      return std::nullopt;
  }
  const std::size_t section = grammar.at();
  Request trailers;
  while (!grammar.literal("\r\n"))
    if (!grammar.field_line(trailers)) return std::nullopt;
  body.trailers = trailers.fields;
  body.size = grammar.at();
  const bool within_limits =
      body.size - section <= limits.trailers.bytes && body.trailers.size() <= limits.trailers.count;
  return within_limits ? std::optional(body) : std::nullopt;
}

}  // namespace minato::http1::naive
