// What whoever reads an entry holds of it.
#pragma once

#include <atomic>
#include <utility>

#include "cache/store/entry.h"

namespace minato::cache {

class Store;

/// Keeps an entry from being destroyed. May be null. Copies are cheap.
class Pin {
 public:
  Pin() = default;
  /// Takes over one pin that was counted already.
  Pin(Store& store, Entry& entry) : store_(&store), entry_(&entry) {}
  Pin(const Pin& other) : store_(other.store_), entry_(other.entry_) {
    if (entry_ != nullptr) entry_->pins.fetch_add(1, std::memory_order_relaxed);
  }
  Pin(Pin&& other) noexcept : store_(other.store_), entry_(std::exchange(other.entry_, nullptr)) {}
  Pin& operator=(Pin other) noexcept {
    std::swap(store_, other.store_);
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~Pin();

  explicit operator bool() const { return entry_ != nullptr; }
  Entry& operator*() const { return *entry_; }
  Entry* operator->() const { return entry_; }
  /// Of the same entry.
  bool operator==(const Pin& other) const { return entry_ == other.entry_; }

 private:
  Store* store_ = nullptr;
  Entry* entry_ = nullptr;
};

}  // namespace minato::cache
