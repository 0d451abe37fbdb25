#pragma once

#include <syncmanager/future.h>
#include <syncmanager/proxy.h>

#include <string_view>
#include <utility>

namespace syncmanager {

// The part of a Value that doesn't depend on its type.
class ValueCalls : public Proxy {
 protected:
  using Proxy::Proxy;
  static ReferencePtr open(const ReferencePtr& registry, std::string_view name,
                           std::string_view initial);

  Answer get_encoded() const;
  Answer set_encoded(std::string_view value) const;
  Answer add_encoded(std::string_view amount) const;
  Answer compare_and_set_encoded(std::string_view expected, std::string_view desired) const;
  PendingAnswer start_get() const;
  PendingAnswer start_set(std::string_view value) const;
  PendingAnswer start_add(std::string_view amount) const;
};

// One T that everybody sees; each call is one step in the manager. After Python's managed Value.
template <class T>
class Value final : public ValueCalls {
 public:
  static constexpr const char* kType = "Value";

  explicit Value(ReferencePtr reference) : ValueCalls(std::move(reference)) {}
  // `initial` counts if this makes the object.
  Value(const ReferencePtr& registry, std::string_view name, const T& initial)
      : Value(open(registry, name, encode(initial))) {}

  T get() const { return read(get_encoded()); }
  void set(const T& value) const { set_encoded(encode(value)).require(); }
  // Adds to a number, and returns the sum.
  T add(const T& amount) const { return read(add_encoded(encode(amount))); }
  // Sets it if it equals `expected`; returns whether it did.
  bool compare_and_set(const T& expected, const T& desired) const {
    return compare_and_set_encoded(encode(expected), encode(desired)).boolean();
  }

  Future<T> async_get() const { return {start_get(), read_value<T>}; }
  Future<void> async_set(const T& value) const { return {start_set(encode(value)), read_nothing}; }
  Future<T> async_add(const T& amount) const { return {start_add(encode(amount)), read_value<T>}; }

 private:
  static T read(Answer answer) { return read_value<T>(answer); }
};

}  // namespace syncmanager
