#include "observe/access_variables.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "observe/escape.h"

namespace minato::observe {
namespace {

using Line = AccessLine;

std::string_view path_of(std::string_view target) { return take_until(target, '?'); }

constexpr std::array rows{
    AccessVariable{
        "time", "When the request began: RFC 3339, UTC, milliseconds.",
        [](ValueWriter& out, const Line& line) { out.plain(out.times().rfc3339(line.time)); }},
    AccessVariable{
        "time_local", "The same in the zone of the host, as the common format writes it.",
        [](ValueWriter& out, const Line& line) { out.plain(out.times().common(line.time)); }},
    AccessVariable{"id", "Request id.",
                   [](ValueWriter& out, const Line& line) { out.text(line.id); }},
    AccessVariable{"client", "Address of the client, as far as the trusted proxies tell.",
                   [](ValueWriter& out, const Line& line) { out.text(line.client); }},
    AccessVariable{"peer", "Address of the other end of the connection.",
                   [](ValueWriter& out, const Line& line) { out.text(line.peer); }},
    AccessVariable{"scheme", "http or https.",
                   [](ValueWriter& out, const Line& line) { out.text(line.scheme); }},
    AccessVariable{"host", "Host that was asked for.",
                   [](ValueWriter& out, const Line& line) { out.text(line.host); }},
    AccessVariable{"request", "Method, target and version.",
                   [](ValueWriter& out, const Line& line) {
                     out.request_line(line.method, line.target, line.version);
                   }},
    AccessVariable{"method", "Request method.",
                   [](ValueWriter& out, const Line& line) { out.text(line.method); }},
    AccessVariable{"target", "Request target as it was sent.",
                   [](ValueWriter& out, const Line& line) { out.text(line.target); }},
    AccessVariable{"path", "The target without its query, where secrets may stand.",
                   [](ValueWriter& out, const Line& line) { out.text(path_of(line.target)); }},
    AccessVariable{"version", "HTTP/1.0 or HTTP/1.1.",
                   [](ValueWriter& out, const Line& line) { out.text(line.version); }},
    AccessVariable{"referer", "Referer of the request.",
                   [](ValueWriter& out, const Line& line) { out.text(line.referer); }},
    AccessVariable{"user_agent", "User-Agent of the request.",
                   [](ValueWriter& out, const Line& line) { out.text(line.user_agent); }},
    AccessVariable{"bytes_in", "Bytes of the request body.",
                   [](ValueWriter& out, const Line& line) { out.number(line.bytes_in); }},
    AccessVariable{"status", "Status of the response; 000 where none began.",
                   [](ValueWriter& out, const Line& line) { out.status(line.status); }},
    AccessVariable{"bytes_out", "Bytes of the response body.",
                   [](ValueWriter& out, const Line& line) { out.number(line.bytes_out); }},
    AccessVariable{"reason", "Why the exchange ended as it did; - where all went well.",
                   [](ValueWriter& out, const Line& line) { out.text(line.reason); }},
    AccessVariable{"duration", "Seconds from the request's first byte to the response's last.",
                   [](ValueWriter& out, const Line& line) { out.seconds(line.duration); }},
    AccessVariable{"first_byte", "Seconds from the request's first byte to the response's first.",
                   [](ValueWriter& out, const Line& line) {
                     line.status == 0 ? out.absent() : out.seconds(line.first_byte);
                   }},
    AccessVariable{"cache", "What the cache did, as Cache-Status says it; - where there is none.",
                   [](ValueWriter& out, const Line& line) { out.text(line.cache); }},
    AccessVariable{"service", "Service that the request was routed to.",
                   [](ValueWriter& out, const Line& line) { out.text(line.service); }},
    AccessVariable{"endpoint", "Endpoint that answered, or was tried last.",
                   [](ValueWriter& out, const Line& line) { out.text(line.endpoint); }},
    AccessVariable{"attempts", "How often an endpoint was tried.",
                   [](ValueWriter& out, const Line& line) { out.number(line.attempts); }},
    AccessVariable{"upstream_status", "Status that the endpoint answered with.",
                   [](ValueWriter& out, const Line& line) {
                     line.upstream_status == 0 ? out.absent() : out.status(line.upstream_status);
                   }},
    AccessVariable{"upstream_duration", "Seconds from the first attempt to the response's head.",
                   [](ValueWriter& out, const Line& line) {
                     line.attempts == 0 ? out.absent() : out.seconds(line.upstream_duration);
                   }},
};

}  // namespace

void ValueWriter::escaped(std::string_view value) {
  const auto kept = value.substr(0, bytes_max_);
  json_ ? put_json_escaped(out_, kept) : put_hex_escaped(out_, kept);
}

void ValueWriter::text(std::string_view value) {
  if (value.empty()) return absent();
  quote();
  escaped(value);
  quote();
}

void ValueWriter::request_line(std::string_view method, std::string_view target,
                               std::string_view version) {
  if (method.empty()) return absent();
  quote();
  escaped(method);
  out_.put(' ');
  escaped(target);
  out_.put(' ');
  escaped(version);
  quote();
}

void ValueWriter::plain(std::string_view value) {
  quote();
  out_.put(value);
  quote();
}

void ValueWriter::status(std::uint16_t value) {
  json_&& value == 0 ? absent() : out_.padded(value, 3);
}

void ValueWriter::seconds(Nanos value) {
  constexpr std::uint64_t per_second = 1'000'000;
  const auto micros = static_cast<std::uint64_t>(std::max<Nanos>(value, 0ns) / 1us);
  out_.number(micros / per_second);
  out_.put('.');
  out_.padded(micros % per_second, 6);
}

std::span<const AccessVariable> access_variables() noexcept { return rows; }

const AccessVariable* find_access_variable(std::string_view name) noexcept {
  const auto found = std::ranges::find(rows, name, &AccessVariable::name);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace minato::observe
