#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/conversions.h>
#include <syncmanager/error.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace syncmanager {

// Large containers are read in pages.
struct PagePosition {
  uint64_t cursor = 0;   // As the page before said; 0 at first.
  uint64_t version = 0;  // If not 0, the container must still be of that version.
};
using PageSource = std::function<Answer(PagePosition)>;
enum class PageKind { kItems, kKeys, kValues };

// The values of one page, one by one. What nobody reads is given back at the end.
class PageReader {
 public:
  // REQUIRES: `answer` outlives it.
  explicit PageReader(const Answer& answer) : answer_(answer), page_(answer.page()) {}
  ~PageReader() {
    while (!at_end()) answer_.decoder(page_.values[next_++]);
  }
  PageReader(const PageReader&) = delete;
  PageReader& operator=(const PageReader&) = delete;

  bool at_end() const { return next_ == page_.values.size(); }
  template <class T>
  T next() {
    if (at_end()) throw Error("the manager sent half an entry");
    Decoder decoder = answer_.decoder(page_.values[next_++]);
    return from_value(decoder, std::type_identity<T>{});
  }
  PagePosition following() const { return {.cursor = page_.cursor, .version = page_.version}; }

 private:
  const Answer& answer_;
  Page page_;
  size_t next_ = 0;
};

template <class T>
T read_element(PageReader& page) {
  return page.next<T>();
}
template <class K, class V>
std::pair<K, V> read_entry(PageReader& page) {
  K key = page.next<K>();
  return {std::move(key), page.next<V>()};
}

struct PageEnd {};

// The elements of a container, fetched a page at a time, each as the container is at that moment.
template <class T>
class PagedRange {
 public:
  using Read = T (*)(PageReader&);

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    explicit Iterator(const PagedRange& range) : range_(range) { fetch(); }
    const T& operator*() const { return page_[next_]; }
    const T* operator->() const { return &page_[next_]; }
    Iterator& operator++() {
      if (++next_ == page_.size()) fetch();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, PageEnd) { return it.next_ == it.page_.size(); }

   private:
    // A page may be empty with more to follow.
    void fetch() {
      page_.clear();
      next_ = 0;
      while (page_.empty() && !(started_ && cursor_ == 0)) {
        cursor_ = range_.fetch({.cursor = cursor_}, page_)->cursor;
        started_ = true;
      }
    }

    PagedRange range_;
    std::deque<T> page_;
    size_t next_ = 0;
    uint64_t cursor_ = 0;
    bool started_ = false;
  };

  PagedRange(PageSource source, Read read) : source_(std::move(source)), read_(read) {}

  Iterator begin() const { return Iterator(*this); }
  PageEnd end() const { return {}; }

  // Appends the page to `out` and returns where the next begins; nothing if the container is of
  // another version.
  template <class Elements>
  std::optional<PagePosition> fetch(PagePosition position, Elements& out) const {
    const Answer answer = source_(position);
    if (!answer.unchanged()) return std::nullopt;
    PageReader page(answer);
    while (!page.at_end()) out.push_back(read_(page));
    return page.following();
  }

 private:
  PageSource source_;
  Read read_;
};

// All elements as they were at one moment: from the start again whenever the container changed in
// between. Throws Refused if it changes too often to be read.
template <class T>
std::vector<T> read_all(const PagedRange<T>& range) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<T> elements;
    std::optional<PagePosition> position = range.fetch({}, elements);
    while (position && position->cursor != 0) position = range.fetch(*position, elements);
    if (position) return elements;
  }
  throw Refused("the container changes too often to be read as a whole");
}

template <class T>
std::optional<std::string> encode_if(const std::optional<T>& value) {
  return value ? std::optional<std::string>(encode(*value)) : std::nullopt;
}
inline std::optional<std::string_view> optional_view(const std::optional<std::string>& text) {
  return text ? std::optional<std::string_view>(*text) : std::nullopt;
}

}  // namespace syncmanager
