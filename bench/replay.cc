// Replays a trace of requests against each eviction policy and prints how many were hits, beside
// the optimum that knows the future (Belady). For comparing policies: no server, no time.
//
// usage: bench_replay PERCENT entries|bytes < TRACE      a line of the trace is `KEY SIZE`
// prints: POLICY HIT_RATIO BYTE_HIT_RATIO, a line each
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "cache/evict/evictor.h"

namespace minato::bench {
namespace {

struct Access {
  std::uint32_t key;
  std::uint64_t bytes;
  std::uint64_t next = std::numeric_limits<std::uint64_t>::max();  // of the same key, if any
};

struct Trace {
  std::vector<Access> accesses;
  std::vector<std::uint64_t> hashes;  // by key
  std::uint64_t bytes = 0;            // of all keys, each once
};

struct Score {
  std::uint64_t hits = 0, hit_bytes = 0;
  void count(const Access& access) { ++hits, hit_bytes += access.bytes; }
};

Trace read(std::istream& in) {
  Trace trace;
  std::unordered_map<std::string, std::uint32_t> numbers;
  std::vector<std::uint64_t> last;
  std::string key;
  for (std::uint64_t bytes = 0; in >> key >> bytes;) {
    const auto [known, fresh] =
        numbers.try_emplace(key, static_cast<std::uint32_t>(numbers.size()));
    const std::uint32_t number = known->second;
    const std::uint64_t at = trace.accesses.size();
    if (fresh) {
      trace.hashes.push_back(hash_bytes(key, 1));
      trace.bytes += bytes;
      last.push_back(at);
    } else {
      trace.accesses[last[number]].next = at;
      last[number] = at;
    }
    trace.accesses.push_back({number, bytes});
  }
  return trace;
}

class Cache {
 public:
  Cache(const cache::EvictorKind& kind, const Trace& trace, std::uint64_t limit)
      : evictor_(kind.make()), trace_(trace), limit_(limit), items_(trace.hashes.size()) {}

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

/// What is asked for again last of all goes first. The optimum for equal sizes; by bytes a bound
/// that no policy which must store what it fetched is known to beat by much.
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

void print(std::string_view name, const Score& score, const Trace& trace) {
  std::uint64_t bytes = 0;
  for (const Access& access : trace.accesses) bytes += access.bytes;
  fmt::print("{} {:.4f} {:.4f}\n", name,
             static_cast<double>(score.hits) / static_cast<double>(trace.accesses.size()),
             static_cast<double>(score.hit_bytes) / static_cast<double>(bytes));
}

int run(std::uint64_t percent, bool by_entries) {
  const Trace trace = read(std::cin);
  const std::uint64_t all = by_entries ? trace.hashes.size() : trace.bytes;
  const std::uint64_t limit = std::max<std::uint64_t>(1, all * percent / 100);
  for (const auto& kind : cache::evictors)
    print(kind.name, Cache(kind, trace, limit).replay(by_entries), trace);
  print("optimum", belady(trace, limit, by_entries), trace);
  return 0;
}

}  // namespace
}  // namespace minato::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: bench_replay PERCENT entries|bytes < TRACE\n");
    return 2;
  }
  return minato::bench::run(std::strtoull(argv[1], nullptr, 10),
                            std::string_view(argv[2]) == "entries");
}
