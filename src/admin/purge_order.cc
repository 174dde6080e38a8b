#include "admin/purge_order.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "http/tokens.h"
#include "schema/problem.h"

namespace minato::admin {
namespace {

using Json = nlohmann::ordered_json;
using cache::Purge;
using schema::in_quotes;
using Wrong = std::optional<std::string>;

constexpr std::array<std::string_view, 5> selectors{"url", "prefix", "tag", "host", "all"};
constexpr std::string_view form =
    R"(The body must be a JSON object with one of "url", "prefix", "tag", "host" (text) or )"
    R"("all": true, and may have "soft": true or false.)";

bool is_selector(std::string_view key) {
  return std::ranges::find(selectors, key) != selectors.end();
}

std::string with_form(std::string_view what) { return fmt::format("{} {}", what, form); }

/// How much is shown of what stands before a fault.
constexpr std::size_t shown_max = 40;

/// `byte` is the last that was read, from 1; past the end where something is missing.
std::string not_json(std::string_view text, std::size_t byte) {
  const std::string_view read = text.substr(0, std::min(byte, text.size()));
  if (read.empty()) return with_form("The body is empty.");
  const std::string_view shown = read.substr(read.size() - std::min(read.size(), shown_max));
  if (byte > text.size())
    return with_form(
        fmt::format("The body is no JSON: it ends too early, behind {}.", in_quotes(shown)));
  const auto line = std::ranges::count(read.substr(0, read.size() - 1), '\n') + 1;
  return with_form(
      fmt::format("The body is no JSON: what ends {} is wrong (line {}, byte {} of the body).",
                  in_quotes(shown), line, byte));
}

/// The members of an object. The parser would keep the last of two that have one name.
std::expected<Json, std::string> parse_object(std::string_view text) {
  // To the parser this is the end, whatever comes behind it.
  if (const auto nul = text.find('\0'); nul != text.npos)
    return std::unexpected(not_json(text, nul + 1));
  std::vector<std::string> seen;
  Wrong doubled;
  const auto look = [&](int depth, Json::parse_event_t event, const Json& parsed) {
    if (event != Json::parse_event_t::key || depth != 1) return true;
    const auto name = parsed.get<std::string>();
    if (std::ranges::find(seen, name) != seen.end()) doubled = name;
    seen.push_back(name);
    return true;
  };
  try {
    Json json = Json::parse(text, look);
    if (!json.is_object())
      return std::unexpected(with_form(fmt::format("This is of the type {}.", json.type_name())));
    if (!doubled) return json;
    return std::unexpected(with_form(fmt::format("{} stands there twice.", in_quotes(*doubled))));
  } catch (const Json::parse_error& error) {
    return std::unexpected(not_json(text, error.byte));
  } catch (const Json::out_of_range&) {
    return std::unexpected(with_form("A number in it is too large."));
  }
}

/// What is wrong with the kind of a value.
Wrong wrong_value(std::string_view key, const Json& value) {
  if (key == "soft" || key == "all") {
    if (key == "all" ? value == true : value.is_boolean()) return std::nullopt;
    return fmt::format(R"("{}" must be true{}.)", key, key == "all" ? "" : " or false");
  }
  if (!is_selector(key)) return with_form(fmt::format("{} is not known.", in_quotes(key)));
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) return std::nullopt;
  return fmt::format(R"("{}" must be text, and not empty.)", key);
}

std::expected<PurgeOrder, std::string> read_members(const Json& json) {
  PurgeOrder order;
  for (const auto& [key, value] : json.items()) {
    if (auto wrong = wrong_value(key, value)) return std::unexpected(*std::move(wrong));
    if (key == "soft") {
      order.how = value.get<bool>() ? Purge::mark_stale : Purge::remove;
      continue;
    }
    if (!order.what.empty())
      return std::unexpected(fmt::format(
          R"("{}" and "{}" stand there together: a purge has one of them.)", order.what, key));
    order.what = key;
    if (value.is_string()) order.value = value.get<std::string>();
  }
  if (order.what.empty()) return std::unexpected(with_form("What is to go is not said."));
  return order;
}

bool has_path(std::string_view url) {
  const auto scheme = url.find("://");
  const auto end = url.find_first_of("/?", scheme == std::string_view::npos ? 0 : scheme + 3);
  return end != std::string_view::npos && url[end] == '/';
}

Wrong wrong_prefix(std::string_view prefix) {
  if (!has_path(prefix) || prefix.starts_with('/'))
    return fmt::format(
        "{} is no prefix: that is a host and how a path begins, such as "
        "http://shop.example/img/. For all of a host, purge the host.",
        in_quotes(prefix));
  if (prefix.ends_with('*'))
    return fmt::format("{} ends in a wildcard, which a prefix needs not: leave it out.",
                       in_quotes(prefix));
  return std::nullopt;
}

/// What lists tags separates them by these, so that none has one in it.
Wrong wrong_tag(std::string_view tag) {
  if (tag.find_first_of(", \t\r\n") == std::string_view::npos) return std::nullopt;
  return fmt::format(
      "{} is not one tag: none has a comma or white space in it. For several tags, purge each.",
      in_quotes(tag));
}

Wrong wrong_form(const PurgeOrder& order) {
  if (order.what == "tag") return wrong_tag(order.value);
  if (order.what != "url" && order.what != "prefix") return std::nullopt;
  if (auto wrong = wrong_characters(order.value)) return wrong;
  return order.what == "prefix" ? wrong_prefix(order.value) : std::nullopt;
}

}  // namespace

std::optional<std::string> wrong_characters(std::string_view url) {
  if (url.contains('#'))
    return fmt::format("{} has a fragment (#), which no client sends: leave it out.",
                       in_quotes(url));
  if (std::ranges::all_of(url, http::is_visible)) return std::nullopt;
  return fmt::format("{} has characters that no URL has: write them as clients do, such as %20.",
                     in_quotes(url));
}

std::expected<PurgeOrder, std::string> parse_purge_order(std::string_view body) {
  const auto json = parse_object(body);
  if (!json) return std::unexpected(json.error());
  auto order = read_members(*json);
  if (!order) return order;
  if (auto wrong = wrong_form(*order)) return std::unexpected(*std::move(wrong));
  return order;
}

}  // namespace minato::admin
