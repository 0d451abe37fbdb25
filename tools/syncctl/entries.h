#pragma once

#include <syncmanager/client.h>

#include <functional>
#include <optional>
#include <string>

#include "tools/syncctl/values/shell_value.h"

// The entries of dicts, namespaces, lists and Arrays, and the one value of a Value and a Counter.
namespace syncmanager {

// How messages call what finds an entry in an object of that type: a key, attribute or index.
const char* key_word(const std::string& type);
// Throws InvalidArgument: an object of that type has no keys.
[[noreturn]] void refuse_key(const std::string& name, const std::string& type,
                             const std::string& key);
// Throws InvalidArgument: an object of that type needs a key.
[[noreturn]] void require_key(const std::string& name, const std::string& type);

// Returns the value at the key of an object, or the value of an object without keys; nothing if the
// object has no such key. Throws InvalidArgument if the type and the key don't fit together, and
// WrongType for types that have no values.
std::optional<ShellValue> read_entry(const Client& client, const std::string& name,
                                     const std::string& type, const std::optional<std::string>& key,
                                     As key_as);

// Sets the value at the key, or the value of a Value. Throws what read_entry() throws, and Error if
// there is no such index. A Namespace is made if there is none.
void write_entry(const Client& client, const std::string& name, const std::string& type,
                 const std::optional<std::string>& key, As key_as, const ShellValue& value);

// Adds a number to the one at the key, where a key that isn't there counts as 0, or to that of a
// Value or Counter, and returns the sum. Throws what write_entry() throws. A Namespace or Counter
// is made if there is none.
ShellValue add_to_entry(const Client& client, const std::string& name, const std::string& type,
                        const std::optional<std::string>& key, As key_as, const ShellValue& amount);

// Deletes the entry at the key. Returns false if there is none. Throws what write_entry() throws.
bool remove_entry(const Client& client, const std::string& name, const std::string& type,
                  const std::string& key, As key_as);

// Whether the entries of an object of that type have keys that are no indices.
bool has_named_entries(const std::string& type);
// Calls visit(key, value) with each entry of a dict or namespace, and visit(nothing, value) with
// each element of a list, set, Array or queue, in their order and as the object is meanwhile, until
// a call returns false. Throws WrongType for other types.
using Visit = std::function<bool(const std::optional<ShellValue>&, const ShellValue&)>;
void visit_entries(const Client& client, const std::string& name, const std::string& type,
                   const Visit& visit);

}  // namespace syncmanager
