#include "http1/framing.h"

#include <algorithm>
#include <array>

#include "http/tokens.h"

namespace minato::http1 {

using http::BodyLength;
using http::FieldId;
using http::Fields;
using http::Reason;
using http::Version;

namespace {

// As many digits as the largest signed 64-bit number has: no reader of any language overflows.
constexpr std::size_t length_digits_max = 19;

std::optional<std::uint64_t> parse_length(std::string_view text) {
  if (text.size() > length_digits_max || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  const auto length = parse_number<std::uint64_t>(text);
  return length && *length <= static_cast<std::uint64_t>(INT64_MAX) ? length : std::nullopt;
}

// A list of tokens that ends in the one `chunked` of it: understood, but not implemented.
bool is_foreign_coding(std::string_view codings) {
  bool last_is_chunked = false;
  for (bool more = true; more;) {
    const auto comma = codings.find(',');
    const auto coding = trim(codings.substr(0, comma));
    if (last_is_chunked || !http::is_token(coding)) return false;
    last_is_chunked = iequals(coding, "chunked");
    more = comma != codings.npos;
    if (more) codings.remove_prefix(comma + 1);
  }
  return last_is_chunked;
}

// What the fields say, each fault with the reason that the caller has for it.
class Framing {
 public:
  Framing(const Fields& fields, Version version, Reason malformed, Reason foreign)
      : fields_(fields), version_(version), malformed_(malformed), foreign_(foreign) {}

  Accepted<BodyLength> length() const {
    if (fields_.has(FieldId::transfer_encoding)) return transfer_coded();
    const std::size_t lengths = fields_.count_of(FieldId::content_length);
    if (lengths == 0) return BodyLength::none();
    if (lengths > 1) return refuse("repeated Content-Length");
    const auto length = parse_length(fields_.value(FieldId::content_length));
    if (!length) return refuse("invalid Content-Length");
    return BodyLength::known(*length);
  }

 private:
  Accepted<BodyLength> transfer_coded() const {
    if (fields_.has(FieldId::content_length))
      return refuse("Content-Length with Transfer-Encoding");                           // 6.3, 3
    if (version_ == Version::http_1_0) return refuse("Transfer-Encoding in HTTP/1.0");  // 6.1
    if (fields_.count_of(FieldId::transfer_encoding) > 1)
      return refuse("repeated Transfer-Encoding");
    const auto codings = fields_.value(FieldId::transfer_encoding);
    if (iequals(codings, "chunked")) return BodyLength{BodyLength::Kind::chunked, 0};
    if (is_foreign_coding(codings))
      return std::unexpected(Refusal{foreign_, "unknown transfer coding"});       // 6.1
    return refuse("Transfer-Encoding does not end in chunked, or is malformed");  // 6.3, 4
  }

  std::unexpected<Refusal> refuse(const char* detail) const {
    return std::unexpected(Refusal{malformed_, detail});
  }

  const Fields& fields_;
  Version version_;
  Reason malformed_;
  Reason foreign_;
};

// A coding that nobody has registered, by itself, says nothing that two readers could disagree on:
// the response ends with its connection (RFC 9112 6.3, 4). One that is registered would reach the
// client without its name, and what looks like chunked is refused.
bool ends_with_connection(const http::ResponseHead& head) {
  constexpr std::array<std::string_view, 5> registered{"compress", "deflate", "gzip", "x-compress",
                                                       "x-gzip"};
  const Fields& fields = head.fields;
  const auto coding = fields.value(FieldId::transfer_encoding);
  const auto like_chunked = std::ranges::search(coding, std::string_view("chunked"), {}, to_lower);
  return head.version != Version::http_1_0 && !fields.has(FieldId::content_length) &&
         fields.count_of(FieldId::transfer_encoding) == 1 && http::is_token(coding) &&
         like_chunked.empty() &&
         std::ranges::none_of(registered, [&](auto name) { return iequals(name, coding); });
}

// RFC 9110 6.4.1 and 8.6: these have no content and may not say otherwise.
bool never_has_body(std::uint16_t status) { return status < 200 || status == 204; }

}  // namespace

Accepted<BodyLength> request_body_length(const http::RequestHead& head) {
  return Framing(head.fields, head.version, Reason::malformed_request,
                 Reason::transfer_coding_not_implemented)
      .length();
}

// An origin that announces a body where there is none is out of step with us already: refused, but
// for the harmless `Content-Length: 0` that many send.
Accepted<BodyLength> response_body_length(const http::ResponseHead& head, http::Method request) {
  auto declared =
      Framing(head.fields, head.version, Reason::upstream_malformed, Reason::upstream_malformed)
          .length();
  if (!declared && ends_with_connection(head)) declared = BodyLength{BodyLength::Kind::to_close, 0};
  if (!declared) return declared;
  if (never_has_body(head.status) && !declared->empty())
    return std::unexpected(
        Refusal{Reason::upstream_malformed, "body announced by a response without one"});
  if (never_has_body(head.status) || head.status == 304 || request == http::Method::head)
    return BodyLength::none();
  if (declared->kind == BodyLength::Kind::none) return BodyLength{BodyLength::Kind::to_close, 0};
  return declared;
}

std::optional<std::uint64_t> content_length(const Fields& fields) {
  return parse_length(fields.value(FieldId::content_length));
}

}  // namespace minato::http1
