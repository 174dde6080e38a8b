// Shared ownership within one thread: a plain count, no atomic operation.
#pragma once

#include <utility>

namespace minato {

/// Derive from it to be held by LocalRef. Thread: one, from birth to death.
class LocalCounted {
 public:
  LocalCounted() = default;
  LocalCounted(const LocalCounted&) = delete;
  LocalCounted& operator=(const LocalCounted&) = delete;

 protected:
  unsigned references() const { return references_; }

 private:
  template <class T>
  friend class LocalRef;
  mutable unsigned references_ = 0;
};

/// For what is held by those who do not know what it is.
class LocalOwner : public LocalCounted {
 public:
  virtual ~LocalOwner() = default;
};

/// Keeps what it points to alive; the last one destroys it. May be null.
template <class T>
class LocalRef {
 public:
  LocalRef() = default;
  explicit LocalRef(T* target) : target_(target) {
    if (target_ != nullptr) ++target_->references_;
  }
  LocalRef(const LocalRef& other) : LocalRef(other.target_) {}
  LocalRef(LocalRef&& other) noexcept : target_(std::exchange(other.target_, nullptr)) {}
  LocalRef& operator=(LocalRef other) noexcept {
    std::swap(target_, other.target_);
    return *this;
  }
  ~LocalRef() {
    if (target_ != nullptr && --target_->references_ == 0) delete target_;
  }

  explicit operator bool() const { return target_ != nullptr; }
  T* get() const { return target_; }
  T& operator*() const { return *target_; }
  T* operator->() const { return target_; }

 private:
  T* target_ = nullptr;
};

template <class T, class... Args>
LocalRef<T> make_local(Args&&... args) {
  return LocalRef<T>(new T(std::forward<Args>(args)...));
}

}  // namespace minato
