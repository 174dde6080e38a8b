// A shared cache as RFC 9111 has it, without speed, memory or concurrency: a list of responses. It
// shares no code with src/cache and judges, after each exchange, what a cache made of it.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "scenario/cache_rig.h"
#include "scenario/plain_fields.h"

namespace minato::scenario {

/// What the configuration says, in seconds.
struct ModelRules {
  Second ttl = 0;
  std::map<int, Second> status_ttl{};  ///< by status, or by the first status of a class
  Second stale_while_revalidate = 0;
  Second stale_if_error = 0;
  bool ttl_applies_to_cookies = false;
  enum class Cookies { store, strip, bypass } set_cookie = Cookies::store;
  struct Force {
    std::string path;
    Second ttl = 0;
    bool even_private = false;
  };
  std::vector<Force> force{};
  /// What a request must have; empty: whatever.
  struct Bypass {
    std::string cookie, header, path;
  };
  std::vector<Bypass> bypass{};
  std::vector<std::string> key_headers{}, key_cookies{};
  std::vector<std::string> query_ignore{}, query_only{};
  bool query_sort = false;
};

class CacheModel {
 public:
  explicit CacheModel(ModelRules rules) : rules_(rules) {}

  /// What is wrong with `outcome` of `request`, which was sent at `now`, and with what the origin
  /// was asked on the way; empty where nothing is.
  std::string judge(const PlainRequest& request, Second now, const Outcome& outcome,
                    std::span<const OriginCall> calls);

 private:
  struct Response {
    int status = 200;
    Lines lines;
    PlainDirectives directives;
    bool targeted = false;  ///< RFC 9213
    Second sent = 0;
    Second received = 0;
    Second age_value = 0;
    bool for_anybody = false;
    bool sets_cookie = false;
    std::optional<ModelRules::Force> forced{};
    bool overrules() const { return forced && forced->even_private; }
    /// As a whole, and nobody overrules it.
    bool says(const char* directive) const {
      return directives.has_whole(directive) && !overrules();
    }
    const std::string* line(std::string_view name) const { return line_of(lines, name); }
    std::optional<Second> date_in(std::string_view name) const;
  };
  struct Stored : Response {
    std::string path, query;              ///< as they are keyed
    Lines key;                            ///< what else of the request counts for all of the path
    std::map<std::string, Lines> varies;  ///< what the request had, in each spelling
    std::string body;
    std::optional<PlainRange> part{};  ///< of a 206: which bytes those are
    std::string words{};               ///< and in which words they were asked for
    bool outdated = false;             ///< as a HEAD told
    /// All that `request` asks for is there.
    bool answers(const PlainRequest& request) const;
  };
  using Place = std::optional<std::size_t>;
  enum class Use { serve, serve_and_refresh, validate };
  struct Decision {
    Use use;
    bool serves_on_error;
    bool prohibits_stale = false;
  };
  enum class Keep { yes, no, not_for_others };

  // What the RFC calculates.
  static PlainDirectives directives_of(const PlainRequest& request);
  Second lifetime(const Response& response) const;
  std::optional<Second> status_ttl(const Response& response) const;
  bool is_allowed(const Response& response) const;
  static Second age(const Response& response, Second now);
  Second window(const Response& response, const std::string& directive, Second otherwise) const;
  Decision decide(const Stored& stored, const PlainDirectives& asked, Second now) const;
  Keep keep(const Response& response, const PlainRequest& request, bool for_target) const;
  static bool states_lifetime(const Response& response);
  static bool is_made_for_one(const Response& response);
  bool has_configured_ttl(const Response& response) const;
  bool allows_cookie(const Response& response) const;
  Response read(const PlainResponse& said, const PlainRequest& request, Second sent,
                Second received) const;
  std::optional<ModelRules::Force> force_of(const std::string& path, int status) const;
  bool bypasses(const PlainRequest& request) const;
  // What tells responses apart, in cache_model_key.cc.
  Lines key_of(const PlainRequest& request) const;
  std::string keyed(const std::string& query) const;
  bool counts(const std::string& parameter) const;
  bool strips_cookies(const Response& response) const {
    return rules_.set_cookie == ModelRules::Cookies::strip || response.overrules();
  }

  // What is stored.
  Place find(const PlainRequest& request) const;
  Place newest_part(const PlainRequest& request) const;
  bool selects(const PlainRequest& request, const Stored& stored) const;
  template <class Fits>
  Place newest_of(Fits fits) const;
  Place find_usable(const PlainRequest& request);
  static bool stands_for(const Stored& stored, const Stored& other);
  void store(Response response, const PlainRequest& request, std::string body);
  void forget(std::size_t place);
  void invalidate(const PlainRequest& request, const PlainResponse& said);
  std::pair<Response, Keep> updated(const Stored& old, const PlainRequest& request,
                                    const OriginCall& call) const;
  Keep update(std::size_t place, const PlainRequest& request, const OriginCall& call);
  void update_by_head(std::size_t place, const PlainRequest& request, const OriginCall& call);

  // What is seen, in cache_model_judge.cc. Each gives what is wrong.
  std::string judge_read(const PlainRequest& request, Second now);
  std::string judge_bypassing(const PlainRequest& request);
  std::string judge_unsafe(const PlainRequest& request);
  std::string judge_asking(const PlainRequest& request, Place place, const Decision& decision,
                           bool& again);
  std::string wrong_failure(const Decision& decision) const;
  std::string judge_confirmed(const PlainRequest& request, std::size_t place,
                              const OriginCall& call, bool& again);
  std::string judge_passed(const PlainRequest& request, const OriginCall& call) const;
  void take_new(const PlainRequest& request, Place place, const OriginCall& call);
  std::string refresh(const PlainRequest& request, std::size_t place);
  std::string wrong_condition(const PlainRequest& request, Place place, const OriginCall& call,
                              bool background) const;
  std::string wrong_answer(const PlainRequest& request, const Stored& stored, Second now) const;
  std::string wrong_body(const PlainRequest& request, const Stored& stored) const;
  const OriginCall* next_call();

  ModelRules rules_;
  std::vector<Stored> stored_;  // the newest last
  const Outcome* outcome_ = nullptr;
  std::span<const OriginCall> calls_;
};

}  // namespace minato::scenario
