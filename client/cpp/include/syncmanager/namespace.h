#pragma once

#include <syncmanager/any_value.h>
#include <syncmanager/future.h>
#include <syncmanager/paging.h>
#include <syncmanager/proxy.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace syncmanager {

// Attributes by name, each of any type; after Python's managed Namespace. Each call is one step in
// the manager. A text literal is a text.
class Namespace final : public Proxy {
 public:
  static constexpr const char* kType = "Namespace";

  explicit Namespace(ReferencePtr reference) : Proxy(std::move(reference)) {}
  Namespace(const ReferencePtr& registry, std::string_view name);

  // Throws std::out_of_range if there is no such attribute, WrongType if it isn't a T.
  template <class T>
  T get(std::string_view name) const {
    Answer answer = get_encoded(name);
    answer.in_range();
    return answer.as<T>();
  }
  // Nothing if there is no such attribute.
  template <class T>
  std::optional<T> find(std::string_view name) const {
    Answer answer = get_encoded(name);
    return read_if_found<T>(answer);
  }
  template <class T>
  void set(std::string_view name, const T& value) const {
    ValueWriter writer;
    to_value(writer, value);
    set_encoded(name, writer.view()).require();
  }
  bool contains(std::string_view name) const;
  // False if there was no such attribute.
  bool erase(std::string_view name) const;
  // Adds to a number, and returns the sum. Throws std::out_of_range if there is no such attribute
  // and `initial` doesn't say what it counts as.
  template <class T>
  T add(std::string_view name, const T& amount,
        const std::optional<T>& initial = std::nullopt) const {
    Answer answer = add_encoded(name, encode(amount), optional_view(encode_if(initial)));
    answer.in_range();
    return answer.as<T>();
  }
  // Sets the attribute (deletes it: no `desired`) if it equals `expected` (is missing: no
  // `expected`); returns whether it did.
  template <class T>
  bool compare_and_set(std::string_view name, const std::optional<T>& expected,
                       const std::optional<T>& desired) const {
    return compare_and_set_encoded(name, optional_view(encode_if(expected)),
                                   optional_view(encode_if(desired)))
        .boolean();
  }

  template <class T>
  Future<T> async_get(std::string_view name) const {
    return {start_get(name), read_value<T>};
  }
  template <class T>
  Future<void> async_set(std::string_view name, const T& value) const {
    return {start_set(name, encode(value)), read_nothing};
  }

  // Page by page, as the namespace is meanwhile.
  PagedRange<std::pair<std::string, AnyValue>> items() const;
  auto begin() const { return items().begin(); }
  PageEnd end() const { return {}; }
  // Everything as it was at one moment.
  std::map<std::string, AnyValue> to_map() const;

 private:
  using Encoded = std::string_view;

  Answer get_encoded(std::string_view name) const;
  Answer set_encoded(std::string_view name, Encoded value) const;
  Answer add_encoded(std::string_view name, Encoded amount, std::optional<Encoded> initial) const;
  Answer compare_and_set_encoded(std::string_view name, std::optional<Encoded> expected,
                                 std::optional<Encoded> desired) const;
  PendingAnswer start_get(std::string_view name) const;
  PendingAnswer start_set(std::string_view name, Encoded value) const;
};

}  // namespace syncmanager
