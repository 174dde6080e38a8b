// What a 304, or a HEAD, changes in a stored response (RFC 9111 3.2, 4.3.4, 4.3.5).
#pragma once

#include "http/message.h"

namespace minato::cache {

/// False for fields that are no part of what is stored (RFC 9111 3.1): those of one connection or
/// one hop. Names that Connection lists are the caller's to leave out.
bool is_stored(const http::Field& field);

/// False for those that describe the stored content itself, which a 304 cannot change (RFC 9111
/// 3.2).
bool is_updated(const http::Field& field);

/// `stored` with the lines of `update` in place of those of the same names. Views into both; what
/// comes of it is in `into`.
void freshen(const http::Fields& stored, const http::Fields& update, http::Fields& into);

/// Bytes that any stored head may have, as HTTP/1 writes its lines.
inline constexpr std::size_t head_bytes_usual = 64u << 10;

/// True where `fresh`, which is what `freshen` made, is more than one response could bring: what
/// updates add would otherwise grow without an end.
bool outgrows(const http::Fields& fresh, const http::Fields& stored, const http::Fields& update);

/// RFC 9111 4.3.5: whether what HEAD told fits the stored GET, which then is freshened by it;
/// otherwise the stored one is outdated. `length` is what HEAD said of the body that it left out.
bool head_fits(const http::Fields& head, http::BodyLength length, const http::Fields& stored,
               std::uint64_t stored_size);

}  // namespace minato::cache
