#include "http1/target.h"

#include "base/strings.h"
#include "http/authority.h"
#include "http/char_sets.h"

namespace minato::http1 {
namespace {

using http::Target;
using http::TargetForm;

void split_query(std::string_view path_and_query, Target& target) {
  const auto mark = path_and_query.find('?');
  target.path = path_and_query.substr(0, mark);
  target.has_query = mark != std::string_view::npos;
  if (target.has_query) target.query = path_and_query.substr(mark + 1);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
  if (!iequals(text.substr(0, prefix.size()), prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

const char* parse_absolute(std::string_view text, Target& target) {
  target.form = TargetForm::absolute;
  if (!take_prefix(text, "http://") && !take_prefix(text, "https://"))
    return "request target is neither a path nor an http URI";
  const auto end = text.find_first_of("/?");
  target.authority = text.substr(0, end);
  if (!http::parse_authority(target.authority)) return "invalid authority in the request target";
  if (end != std::string_view::npos) split_query(text.substr(end), target);
  return nullptr;
}

const char* parse_authority_form(std::string_view text, Target& target) {
  target.form = TargetForm::authority;
  target.authority = text;
  const auto authority = http::parse_authority(text);
  return authority && authority->port ? nullptr : "the target of CONNECT is not a host and a port";
}

}  // namespace

const char* parse_target(std::string_view text, http::Method method, Target& target) {
  target.text = text;
  if (text.empty()) return "empty request target";
  if (!all_fit<http::TargetChars>(text)) return "invalid character in the request target";
  if (method == http::Method::connect) return parse_authority_form(text, target);
  if (text.front() == '/') return split_query(text, target), nullptr;
  if (text != "*") return parse_absolute(text, target);
  target.form = TargetForm::asterisk;
  return method == http::Method::options ? nullptr : "the target * belongs to OPTIONS alone";
}

}  // namespace minato::http1
