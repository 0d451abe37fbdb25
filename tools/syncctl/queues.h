#pragma once

#include <syncmanager/client.h>

#include <optional>
#include <string>

#include "tools/syncctl/target.h"
#include "tools/syncctl/values/shell_value.h"

namespace syncmanager {

// Calls `use` with the queue of that name and type, and returns what it returns. Throws WrongType,
// which says that `command` is for queues, for other types.
template <class Use>
int with_queue(const Client& client, const std::string& name, const std::string& type,
               const char* command, Use use) {
  if (type == Queue<ShellValue>::kType) return use(found<Queue<ShellValue>>(client, name));
  if (type == LifoQueue<ShellValue>::kType) return use(found<LifoQueue<ShellValue>>(client, name));
  if (type == PriorityQueue<ShellValue>::kType) {
    return use(found<PriorityQueue<ShellValue>>(client, name));
  }
  throw WrongType("\"" + name + "\" is a " + type + ": " + command +
                  " is for Queue, LifoQueue and PriorityQueue");
}

inline bool is_queue(const std::string& type) {
  return type == Queue<ShellValue>::kType || type == LifoQueue<ShellValue>::kType ||
         type == PriorityQueue<ShellValue>::kType;
}

}  // namespace syncmanager
