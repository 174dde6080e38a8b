#include "cache/outdated.h"

namespace minato::cache {

using http::FieldId;

void Outdated::add(std::optional<Url> url) {
  if (!url) return;
  url->port = port_of(*url);  // none would mean every port
  urls_[count_++] = *url;
}

Outdated outdated_by(http::Method method, const Url& url, const http::ResponseHead& head,
                     Arena& arena) {
  Outdated outdated;
  if (http::is_safe(method) || head.status < 200 || head.status >= 400) return outdated;
  outdated.add(url);
  for (const FieldId id : {FieldId::location, FieldId::content_location})
    outdated.add(resolve(url, head.fields.value(id), arena));
  return outdated;
}

}  // namespace minato::cache
