// A doubly linked list whose links live in its elements: no allocation, and an element that dies
// unlinks itself. An element stands in at most one list a link.
#pragma once

#include "base/assert.h"

namespace minato {

/// Derive from it to stand in an IntrusiveList. Destroying the element unlinks it.
class ListLink {
 public:
  ListLink() = default;
  ListLink(const ListLink&) = delete;
  ListLink& operator=(const ListLink&) = delete;
  ~ListLink() { unlink(); }

  bool linked() const { return next_ != nullptr; }
  void unlink() {
    if (!linked()) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = nullptr;
  }

 private:
  template <class T>
  friend class IntrusiveList;
  void link_before(ListLink& at) {
    MINATO_ASSERT(!linked());
    next_ = &at;
    previous_ = at.previous_;
    previous_->next_ = this;
    at.previous_ = this;
  }

  ListLink* next_ = nullptr;
  ListLink* previous_ = nullptr;
};

/// Does not own its elements. Destroying the list unlinks what is left in it.
template <class T>
class IntrusiveList {
 public:
  IntrusiveList() { root_.next_ = root_.previous_ = &root_; }
  IntrusiveList(const IntrusiveList&) = delete;
  IntrusiveList& operator=(const IntrusiveList&) = delete;
  ~IntrusiveList() {
    while (!empty()) root_.next_->unlink();
    root_.next_ = root_.previous_ = nullptr;
  }

  bool empty() const { return root_.next_ == &root_; }
  T& front() { return static_cast<T&>(*root_.next_); }
  T& back() { return static_cast<T&>(*root_.previous_); }
  void push_back(T& element) { static_cast<ListLink&>(element).link_before(root_); }
  T* pop_front() {
    if (empty()) return nullptr;
    T& first = front();
    static_cast<ListLink&>(first).unlink();
    return &first;
  }

  /// Moves all of `from` to the end of this.
  void take_all(IntrusiveList& from) {
    while (T* const element = from.pop_front()) push_back(*element);
  }

  /// Calls `visit(element)` for each; `visit` may unlink or destroy the element it is given, no
  /// other.
  template <class Visit>
  void for_each(Visit visit) {
    for (ListLink* at = root_.next_; at != &root_;) {
      ListLink* const next = at->next_;
      visit(static_cast<T&>(*at));
      at = next;
    }
  }

 private:
  ListLink root_;
};

}  // namespace minato
