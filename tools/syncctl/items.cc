// The commands that put items into objects and get them.

#include <syncmanager/client.h>

#include <optional>

#include "protos/support/str_cat.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output.h"
#include "tools/syncctl/shell_value.h"
#include "tools/syncctl/stop_signals.h"

namespace syncmanager {
namespace {

using Entries = Dict<ShellValue, ShellValue>;
using Cell = Value<ShellValue>;

[[noreturn]] void require_key(const std::string& name, const std::string& type) {
  throw InvalidArgument(str_cat("\"", name, "\" is a ", type, ": name a key too"));
}
[[noreturn]] void refuse_key(const std::string& name, const std::string& type,
                             const std::string& key) {
  throw InvalidArgument(
      str_cat("\"", name, "\" is a ", type, ", which has no keys: leave \"", key, "\" out"));
}

// Calls `use` with the queue of that name and type, and returns its exit code; nothing if the type
// is none of the queues'.
template <class Use>
std::optional<int> with_queue(const Client& client, const std::string& name,
                              const std::string& type, Use use) {
  if (type == Queue<ShellValue>::kType) return use(found<Queue<ShellValue>>(client, name));
  if (type == LifoQueue<ShellValue>::kType) return use(found<LifoQueue<ShellValue>>(client, name));
  if (type == PriorityQueue<ShellValue>::kType) {
    return use(found<PriorityQueue<ShellValue>>(client, name));
  }
  return std::nullopt;
}

std::string printed(const Common& common, const ShellValue& value) {
  return (common.json ? value.json() : value.print(is_terminal())) + "\n";
}

int print_value_of(const Common& common, const std::optional<ShellValue>& value,
                   const std::string& otherwise) {
  if (!value) return complain(otherwise);
  print(printed(common, *value));
  return 0;
}

template <class Q>
void give_back(const Q& queue, const ShellValue& item) {
  try {
    queue.put_back(item);
  } catch (const Refused&) {
    // The queue is reliable, and takes back unfinished items when this session ends.
  }
}

// The item is done when standard output has all of it, and not before.
template <class Q>
int get_item(const Common& common, const Get& wanted, const Q& queue, StopSignals& stop) {
  const std::optional<ShellValue> item =
      stop.wait([&] { return queue.try_get_for(wait_of(wanted.timeout)); });
  if (!item) return complain(str_cat("\"", wanted.name, "\": no item in time"));
  try {
    print_until(stop.descriptor(), printed(common, *item));
  } catch (...) {
    give_back(queue, *item);
    if (stop.signal() != 0) throw Stopped(stop.signal());
    throw;
  }
  queue.task_done();
  return 0;
}

// Puts one item. Returns false, and says why, if there was no place for it.
template <class Q>
bool put_item(const Put& items, const Q& queue, const std::string& word) {
  const ShellValue item = ShellValue::read(word, items.text);
  const std::string quoted = str_cat("\"", items.name, "\"");
  if (items.delay) {
    queue.put_after(item, wait_of(items.delay));
  } else if (items.once) {
    if (queue.put_once(*items.once, item)) return true;
    complain(str_cat(quoted, " has an item with the key \"", *items.once, "\""));
    return false;
  } else if (!queue.try_put_for(item, wait_of(items.timeout))) {
    complain(str_cat(quoted, ": no room in time"));
    return false;
  }
  return true;
}

// Puts all items or tells how many it has put.
template <class Q>
int put_items(const Put& items, const Q& queue, StopSignals& stop) {
  size_t done = 0;
  const auto tell = [&] {
    if (done > 0) report(str_cat(done, " of ", items.words.size(), " items were put"));
  };
  try {
    for (const std::string& word : items.words) {
      if (!stop.wait([&] { return put_item(items, queue, word); })) {
        tell();
        return 1;
      }
      ++done;
      if (stop.signal() != 0 && done < items.words.size()) throw Stopped(stop.signal());
    }
  } catch (...) {
    tell();
    throw;
  }
  return 0;
}

void require_reliable(const Client& client, const std::string& name) {
  const auto state = client.inspect(name);
  if (!state || state->detail.find(", reliable") != std::string::npos) return;
  throw WrongType(str_cat("\"", name, "\" exists and is not reliable: put without --reliable, or `",
                          "syncctl rm ", name, "` first"));
}

}  // namespace

int get(const Common& common, const Get& wanted) {
  StopSignals stop;
  const Client client = connect(common);
  const std::string type = type_of(client, wanted.name);
  if (type.empty()) return complain_of_none(wanted.name);
  if (type == Entries::kType || type == Namespace::kType) {
    if (!wanted.key) require_key(wanted.name, type);
    const std::string otherwise =
        str_cat("\"", wanted.name, "\" has no ", type == Namespace::kType ? "attribute" : "key",
                " \"", *wanted.key, "\"");
    if (type == Namespace::kType) {
      const auto attributes = found<Namespace>(client, wanted.name);
      return print_value_of(common, attributes.find<ShellValue>(*wanted.key), otherwise);
    }
    const ShellValue key = ShellValue::read(*wanted.key, wanted.text);
    return print_value_of(common, found<Entries>(client, wanted.name).find(key), otherwise);
  }
  if (wanted.key) refuse_key(wanted.name, type, *wanted.key);
  if (type == Cell::kType) {
    return print_value_of(common, found<Cell>(client, wanted.name).get(), "");
  }
  const auto code = with_queue(client, wanted.name, type, [&](const auto& queue) {
    return get_item(common, wanted, queue, stop);
  });
  if (code) return *code;
  throw WrongType(str_cat("\"", wanted.name, "\" is a ", type,
                          ": get is for queues, dicts, namespaces and values"));
}

int put(const Common& common, const Put& items) {
  if (items.once && items.words.size() > 1) {
    throw InvalidArgument("--once is for one item: no other one could have its key");
  }
  StopSignals stop;
  const Client client = connect(common);
  const std::string type = type_of(client, items.name);
  if (type.empty()) {
    return put_items(items, client.queue<ShellValue>(items.name, {.reliable = items.reliable}),
                     stop);
  }
  const auto code = with_queue(client, items.name, type, [&](const auto& queue) {
    if (items.reliable) require_reliable(client, items.name);
    return put_items(items, queue, stop);
  });
  if (code) return *code;
  throw WrongType(str_cat("\"", items.name, "\" is a ", type,
                          ": put is for Queue, LifoQueue and PriorityQueue"));
}

int set(const Common& common, const Put& entry) {
  const Client client = connect(common);
  const std::string type = type_of(client, entry.name);
  const ShellValue value = ShellValue::read(entry.words.back(), entry.text);
  const bool keyed = entry.words.size() == 2;
  if (type.empty() && !keyed) return complain_of_none(entry.name);
  if (type == Cell::kType) {
    if (keyed) refuse_key(entry.name, type, entry.words[0]);
    found<Cell>(client, entry.name).set(value);
  } else if (type == Entries::kType) {
    if (!keyed) require_key(entry.name, type);
    found<Entries>(client, entry.name).set(ShellValue::read(entry.words[0], entry.text), value);
  } else if (type == Namespace::kType || type.empty()) {
    if (!keyed) require_key(entry.name, type);
    client.name_space(entry.name).set(entry.words[0], value);
  } else {
    throw WrongType(
        str_cat("\"", entry.name, "\" is a ", type, ": set is for dicts, namespaces and values"));
  }
  return 0;
}

}  // namespace syncmanager
