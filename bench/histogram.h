// Durations in buckets that grow with them: 128 for each doubling, so that none is wider than 0.8
// %.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace minato::bench {

class Histogram {
 public:
  void add(std::uint64_t nanos) {
    ++buckets_[bucket_of(nanos)];
    ++count_;
    if (nanos > max_) max_ = nanos;
  }

  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }

  /// What so many of a hundred did not exceed; 0 of an empty one.
  std::uint64_t percentile(double percent) const {
    const double wanted = percent / 100 * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t at = 0; at < buckets_.size(); ++at) {
      seen += buckets_[at];
      if (static_cast<double>(seen) >= wanted && seen > 0)
        return end_of(at) < max_ ? end_of(at) : max_;
    }
    return max_;
  }

 private:
  static constexpr unsigned sub_bits = 7;
  static constexpr std::size_t sub_buckets = 1U << sub_bits;

  /// Below 128 each value is its own; from there on the seven bits behind the first tell them
  /// apart.
  static std::size_t bucket_of(std::uint64_t value) {
    if (value < sub_buckets) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - sub_bits;
    return (shift + 1) * sub_buckets + ((value >> shift) - sub_buckets);
  }

  /// The last value of a bucket.
  static std::uint64_t end_of(std::size_t bucket) {
    if (bucket < sub_buckets) return bucket;
    const std::size_t shift = bucket / sub_buckets - 1;
    return ((bucket % sub_buckets + sub_buckets + 1) << shift) - 1;
  }

  std::array<std::uint64_t, (64 - sub_bits + 1) * sub_buckets> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace minato::bench
