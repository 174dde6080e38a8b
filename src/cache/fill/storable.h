// What of an origin's response becomes an entry.
#pragma once

#include <array>
#include <vector>

#include "cache/fill/intake.h"

namespace minato::cache {

/// Views into `entry`.
http::Fields fields_of(const Entry& entry, Arena& arena);

/// Nobody gets the Set-Cookie of what is stored with these facts, nor does the store.
bool strips_set_cookie(const ServiceRules& rules, const ResponseFacts& facts);

/// What is for the client that asked, and withheld from caches (RFC 9111 5.2.2.4, 5.2.2.7) by
/// `directives`. `facts` are of what is stored.
std::vector<http::Field> withheld_lines(const Asked& asked, const http::Fields& from,
                                        const http::ResponseDirectives& directives,
                                        const ResponseFacts& facts, Arena& arena);

/// What of a response is stored: not what is of one hop (RFC 9111 3.1), or withheld from caches.
http::Fields stored_lines(const Asked& asked, const http::Fields& from, const ResponseFacts& facts,
                          Arena& arena);

/// Of a response that came at `now`, whose content a request of `fetched_by` fetched.
ResponseFacts facts_of(const Asked& asked, const RequestFacts& fetched_by,
                       const http::ResponseHead& head, WallTime now);

/// Which bytes a head and what it answered speak of; neither where it is a whole response.
struct Part {
  std::optional<ContentRange> content{};
  std::string_view range{};
  std::array<const Entry*, 2> made_of{};  ///< what is stored of the content already; may be null
  const Entry* content_of = nullptr;      ///< whose content it takes over, under a newer head
};

/// The stored head with what a newer response to the same request says (RFC 9111 3.2, 3.4). Views
/// of both; nullopt where it grows too large.
std::optional<http::ResponseHead> updated_head(const Entry& stored, const http::Fields& update,
                                               Arena& arena);

/// What `facts` do not tell of what was made out of `stored`: what that had lost when it was
/// stored, and for whom it was fetched.
void inherit(ResponseFacts& facts, const ResponseFacts& stored);

/// Makes `head` that of these bytes: of a 206, or of a 200 where they are all there are.
Part become_part(http::ResponseHead& head, ByteRange range, std::uint64_t complete);

/// An entry without content: `lines` of `all` that the response had. Null where there is no memory.
Pin make_draft(const Asked& asked, const http::Fields& all, const http::Fields& lines,
               ResponseFacts facts, const Part& part);

/// Remembers whether who asks for the same, and names himself alike, may wait for one answer, such
/// as `entry`, which came at `now`. What has to be validated before each use is an answer to one
/// request alone; false then.
bool remember_use(const Asked& asked, const Entry& entry, WallTime now);

}  // namespace minato::cache
