#include "tools/syncctl/entries.h"

#include <charconv>

#include "protos/support/str_cat.h"
#include "tools/syncctl/queues.h"

namespace syncmanager {
namespace {

using Entries = Dict<ShellValue, ShellValue>;
using Cell = Value<ShellValue>;
using Elements = List<ShellValue>;

// An Array of any typecode, whose numbers are only read.
class Numbers final : public ArrayCalls, public Sequence<Numbers, ShellValue> {
 public:
  static constexpr const char* kType = "Array";
  explicit Numbers(ReferencePtr reference) : ArrayCalls(std::move(reference)) {}

 private:
  friend class Sequence<Numbers, ShellValue>;
};

int64_t index_of(const std::string& word) {
  int64_t index = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), index);
  if (error == std::errc() && end == word.data() + word.size()) return index;
  throw InvalidArgument(str_cat("expected an index, a whole number, not \"", word, "\""));
}

int64_t whole_number(const ShellValue& value) {
  const auto head = ValueReader(value.encoded).head();
  if (head && head->kind == Kind::kInteger) return head->integer;
  throw InvalidArgument("a Counter counts whole numbers of 64 bits; expected one");
}

template <class S>
std::optional<ShellValue> element_of(const S& sequence, const std::string& word) {
  try {
    return sequence.at(index_of(word));
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

template <class Range>
void visit_elements(const Range& range, const Visit& visit) {
  for (const ShellValue& element : range) {
    if (!visit(std::nullopt, element)) return;
  }
}

[[noreturn]] void refuse_type(const std::string& name, const std::string& type,
                              const char* command) {
  throw WrongType(str_cat("\"", name, "\" is a ", type, ": ", command,
                          " is for dicts, namespaces, lists, Arrays and Values"));
}

[[noreturn]] void refuse_index(const std::string& name, const std::string& index) {
  throw InvalidArgument(str_cat("\"", name, "\" has no index ", index));
}

bool has_keys(const std::string& type) {
  return type == Entries::kType || type == Namespace::kType || type == Elements::kType ||
         type == Numbers::kType;
}

}  // namespace

const char* key_word(const std::string& type) {
  if (type == Namespace::kType) return "attribute";
  return type == Entries::kType ? "key" : "index";
}

void refuse_key(const std::string& name, const std::string& type, const std::string& key) {
  throw InvalidArgument(
      str_cat("\"", name, "\" is a ", type, ", which has no keys: leave \"", key, "\" out"));
}

void require_key(const std::string& name, const std::string& type) {
  throw InvalidArgument(
      str_cat("\"", name, "\" is a ", type, ": name the ", key_word(type), " too"));
}

std::optional<ShellValue> read_entry(const Client& client, const std::string& name,
                                     const std::string& type, const std::optional<std::string>& key,
                                     As key_as) {
  if (has_keys(type) && !key) require_key(name, type);
  if (type == Namespace::kType) return found<Namespace>(client, name).find<ShellValue>(*key);
  if (type == Entries::kType) {
    return found<Entries>(client, name).find(ShellValue::read(*key, key_as));
  }
  if (type == Elements::kType) return element_of(found<Elements>(client, name), *key);
  if (type == Numbers::kType) return element_of(found<Numbers>(client, name), *key);
  if (type != Cell::kType && type != Counter::kType) {
    throw WrongType(str_cat("\"", name, "\" is a ", type,
                            ": get is for queues, dicts, namespaces, lists, Arrays, Values and "
                            "Counters"));
  }
  if (key) refuse_key(name, type, *key);
  if (type == Cell::kType) return found<Cell>(client, name).get();
  return ShellValue{encode(found<Counter>(client, name).get())};
}

void write_entry(const Client& client, const std::string& name, const std::string& type,
                 const std::optional<std::string>& key, As key_as, const ShellValue& value) {
  if (!has_keys(type) && type != Cell::kType) refuse_type(name, type, "set");
  if (has_keys(type) && !key) require_key(name, type);
  if (!has_keys(type) && key) refuse_key(name, type, *key);
  try {
    if (type == Cell::kType) return found<Cell>(client, name).set(value);
    if (type == Namespace::kType) return client.name_space(name).set(*key, value);
    if (type == Elements::kType) return found<Elements>(client, name).set(index_of(*key), value);
    if (type == Numbers::kType) return found<Numbers>(client, name).set(index_of(*key), value);
    found<Entries>(client, name).set(ShellValue::read(*key, key_as), value);
  } catch (const std::out_of_range&) {
    refuse_index(name, *key);
  }
}

ShellValue add_to_entry(const Client& client, const std::string& name, const std::string& type,
                        const std::optional<std::string>& key, As key_as,
                        const ShellValue& amount) {
  const ShellValue zero{encode(0)};
  const bool has_one = type == Cell::kType || type == Counter::kType;
  if (!has_keys(type) && !has_one) refuse_type(name, type, "add");
  if (has_keys(type) && !key) require_key(name, type);
  if (has_one && key) refuse_key(name, type, *key);
  try {
    if (type == Cell::kType) return found<Cell>(client, name).add(amount);
    if (type == Counter::kType) return {encode(client.counter(name).add(whole_number(amount)))};
    if (type == Namespace::kType) return client.name_space(name).add(*key, amount, {zero});
    if (type == Elements::kType) return found<Elements>(client, name).add(index_of(*key), amount);
    if (type == Numbers::kType) return found<Numbers>(client, name).add(index_of(*key), amount);
    return found<Entries>(client, name).add(ShellValue::read(*key, key_as), amount, zero);
  } catch (const std::out_of_range&) {
    refuse_index(name, *key);
  }
}

bool remove_entry(const Client& client, const std::string& name, const std::string& type,
                  const std::string& key, As key_as) {
  if (type == Namespace::kType) return found<Namespace>(client, name).erase(key);
  if (type == Entries::kType) {
    return found<Entries>(client, name).erase(ShellValue::read(key, key_as));
  }
  if (type != Elements::kType) {
    throw WrongType(
        str_cat("\"", name, "\" is a ", type, ": --key is for dicts, namespaces and lists"));
  }
  try {
    found<Elements>(client, name).erase(index_of(key));
    return true;
  } catch (const std::out_of_range&) {
    return false;
  }
}

bool has_named_entries(const std::string& type) {
  return type == Namespace::kType || type == Entries::kType;
}

void visit_entries(const Client& client, const std::string& name, const std::string& type,
                   const Visit& visit) {
  if (type == Namespace::kType) {
    for (const auto& [key, value] : found<Namespace>(client, name).items()) {
      if (!visit(ShellValue{encode(key)}, ShellValue{encode(value)})) return;
    }
  } else if (type == Entries::kType) {
    for (const auto& [key, value] : found<Entries>(client, name).items()) {
      if (!visit(key, value)) return;
    }
  } else if (type == Elements::kType) {
    visit_elements(found<Elements>(client, name).values(), visit);
  } else if (type == Numbers::kType) {
    visit_elements(found<Numbers>(client, name).values(), visit);
  } else if (type == Set<ShellValue>::kType) {
    visit_elements(found<Set<ShellValue>>(client, name).values(), visit);
  } else if (is_queue(type)) {
    with_queue(client, name, type, "items", [&](const auto& queue) {
      visit_elements(queue.waiting(), visit);
      return 0;
    });
  } else {
    throw WrongType(str_cat("\"", name, "\" is a ", type,
                            ", which has no items: expected a dict, namespace, list, set, Array or "
                            "queue"));
  }
}

}  // namespace syncmanager
