// Replays a trace of requests against each eviction policy and prints how many were hits, beside
// the best that knowledge of the future could do. For comparing policies: no server, no time.
//
// usage: bench_replay entries|bytes PERCENT... < TRACE    a line of the trace is `KEY SIZE`
//        The cache holds so many percent of the trace's keys, or of the bytes of all of them.
// prints: PERCENT POLICY HIT_RATIO BYTE_HIT_RATIO, a line each
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/strings.h"
#include "cache/evict/evictor.h"

namespace minato::bench {
namespace {

constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

struct Access {
  std::uint32_t key;
  std::uint64_t bytes;
  std::uint64_t next = never;  // of the same key
};

struct Trace {
  std::vector<Access> accesses;
  std::vector<std::uint64_t> hashes;  // by key
  std::uint64_t bytes = 0;            // of all keys, each once
  std::uint64_t asked_bytes = 0;      // of all requests
};

struct Score {
  std::uint64_t hits = 0, hit_bytes = 0;
  void count(const Access& access) { ++hits, hit_bytes += access.bytes; }
};

Trace read(std::istream& in) {
  Trace trace;
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint64_t> last, sizes;
  std::string key;
  for (std::uint64_t bytes = 0; in >> key >> bytes;) {
    bytes = std::max<std::uint64_t>(1, bytes);
    const auto [known, fresh] =
        numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size()));
    const std::uint32_t number = known->second;
    const std::uint64_t at = trace.accesses.size();
    if (fresh) {
      trace.hashes.push_back(hash_bytes(key, 1));
      trace.bytes += bytes;
      sizes.push_back(bytes);
      last.push_back(at);
    } else {
      trace.accesses[last[number]].next = at;
      last[number] = at;
    }
    trace.asked_bytes += sizes[number];  // what has another size now is taken for the same
    trace.accesses.push_back({number, sizes[number]});
  }
  return trace;
}

class Cache {
 public:
  /// Each takes a byte at least.
  Cache(const cache::EvictorKind& kind, const Trace& trace, std::uint64_t limit)
      : evictor_(kind.make(std::min<std::uint64_t>(limit, trace.hashes.size()))),
        trace_(trace),
        limit_(limit),
        items_(trace.hashes.size()) {}

  Score replay(bool by_entries) {
    Score score;
    for (const Access& access : trace_.accesses) {
      ++tick_;
      const std::uint64_t bytes = by_entries ? 1 : access.bytes;
      auto& item = items_[access.key];
      if (item) {
        item->touch(tick_);
        score.count(access);
      } else if (bytes <= limit_) {
        store(item, trace_.hashes[access.key], access.key, bytes);
      }
    }
    items_.clear();
    return score;
  }

 private:
  struct Stored : cache::Item {
    Stored(std::uint64_t hash_of_key, std::uint64_t size, std::uint32_t number)
        : Item(hash_of_key, size), key(number) {}
    std::uint32_t key;
  };

  void store(std::unique_ptr<Stored>& item, std::uint64_t hash, std::uint32_t key,
             std::uint64_t bytes) {
    while (held_ + bytes > limit_) {
      auto* const gone = static_cast<Stored*>(evictor_->victim());
      held_ -= gone->bytes;
      items_[gone->key].reset();
    }
    item = std::make_unique<Stored>(hash, bytes, key);
    item->used = tick_;
    held_ += bytes;
    evictor_->add(*item);
  }

  std::unique_ptr<cache::Evictor> evictor_;
  const Trace& trace_;
  std::uint64_t limit_, held_ = 0, tick_ = 0;
  std::vector<std::unique_ptr<Stored>> items_;  // by key
};

/// What is asked for again last of all goes first (Belady 1966): the optimum where all are of one
/// size, and no more than a good choice where they are not.
Score belady(const Trace& trace, std::uint64_t limit, bool by_entries) {
  Score score;
  std::set<std::pair<std::uint64_t, std::uint32_t>> by_next;
  std::vector<std::uint64_t> next_of(trace.hashes.size(), 0), size_of(trace.hashes.size(), 0);
  std::uint64_t held = 0;
  for (const Access& access : trace.accesses) {
    const std::uint64_t bytes = by_entries ? 1 : access.bytes;
    if (size_of[access.key] != 0) {
      score.count(access);
      by_next.erase({next_of[access.key], access.key});
    } else {
      if (bytes > limit) continue;
      size_of[access.key] = bytes;
      held += bytes;
    }
    next_of[access.key] = access.next;
    by_next.insert({access.next, access.key});
    while (held > limit) {
      const auto last = std::prev(by_next.end());
      held -= std::exchange(size_of[last->second], 0);
      by_next.erase(last);
    }
  }
  return score;
}

/// More than anybody can have, whatever the sizes: as if the cache had to be large enough only on
/// average over the trace (PFOO-L of Berger et al., SIGMETRICS 2018). To keep something until it is
/// asked for again costs its size times the wait; the cheapest come first, for bytes the shortest.
Score bound(const Trace& trace, std::uint64_t limit) {
  struct Wait {
    std::uint64_t requests, bytes;
    std::uint64_t cost() const { return requests * bytes; }
  };
  std::vector<Wait> waits;
  for (std::uint64_t at = 0; const Access& access : trace.accesses) {
    if (access.next != never && access.bytes <= limit)
      waits.push_back({access.next - at, access.bytes});
    ++at;
  }
  const std::uint64_t budget = limit * trace.accesses.size();
  const auto spend = [&](auto rank, auto gain) {
    std::ranges::sort(waits, {}, rank);
    std::uint64_t spent = 0, gained = 0;
    for (const Wait& wait : waits) {
      if (spent >= budget) break;
      spent += wait.cost();
      gained += gain(wait);
    }
    return gained;
  };
  return {.hits = spend(&Wait::cost, [](const Wait&) { return 1u; }),
          .hit_bytes = spend(&Wait::requests, [](const Wait& wait) { return wait.bytes; })};
}

void print(std::uint64_t percent, std::string_view name, const Score& score, const Trace& trace) {
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  fmt::print("{} {} {:.4f} {:.4f}\n", percent, name, share(score.hits, trace.accesses.size()),
             share(score.hit_bytes, trace.asked_bytes));
}

void replay(const Trace& trace, bool by_entries, std::uint64_t percent) {
  const std::uint64_t all = by_entries ? trace.hashes.size() : trace.bytes;
  const std::uint64_t limit = std::max<std::uint64_t>(1, all * percent / 100);
  for (const auto& kind : cache::evictors)
    print(percent, kind.name, Cache(kind, trace, limit).replay(by_entries), trace);
  print(percent, "belady", belady(trace, limit, by_entries), trace);
  if (!by_entries) print(percent, "bound", bound(trace, limit), trace);
}

int run(std::string_view unit, std::span<char*> sizes) {
  std::vector<std::uint64_t> percents;
  for (const char* size : sizes) percents.push_back(parse_number<std::uint8_t>(size).value_or(0));
  const bool wrong = percents.empty() || std::ranges::find(percents, 0u) != percents.end() ||
                     (unit != "entries" && unit != "bytes");
  if (wrong) {
    fmt::print(stderr, "usage: bench_replay entries|bytes PERCENT... < TRACE\n");
    return 2;
  }
  const Trace trace = read(std::cin);
  if (trace.accesses.empty()) {
    fmt::print(stderr, "bench_replay: no trace of lines `KEY SIZE` on standard input\n");
    return 1;
  }
  for (const std::uint64_t percent : percents) replay(trace, unit == "entries", percent);
  return 0;
}

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  const std::span arguments(argv, static_cast<std::size_t>(argc));
  return minato::bench::run(argc > 1 ? argv[1] : "", arguments.subspan(argc > 1 ? 2 : 1));
}
