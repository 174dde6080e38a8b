#include "cache/outdated.h"

namespace minato::cache {

using http::FieldId;

void Outdated::add(std::optional<Url> url) {
  if (!url) return;
  url->port = port_of(*url);  // none would mean every port
  urls_[count_++] = *url;
}

Outdated outdated_by(const http::RequestHead& request, std::string_view key,
                     const http::ResponseHead& head, Arena& arena) {
  Outdated outdated;
  if (http::is_safe(request.method) || head.status < 200 || head.status >= 400) return outdated;
  auto target = split_url(url_of(key));
  if (target) target->rest = rest_of(request.target, arena);
  outdated.add(target);
  for (const FieldId id : {FieldId::location, FieldId::content_location})
    outdated.add(resolve(key, head.fields.value(id), arena));
  return outdated;
}

}  // namespace minato::cache
