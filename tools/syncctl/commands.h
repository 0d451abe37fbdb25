#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/syncctl/common.h"

namespace syncmanager {

// Each does its work and returns the exit code: 0, or 1 for an expected outcome (not in time, no
// such object). They throw Error for failures.
int ping(const Common& common, int count);
int list(const Common& common, const std::string& prefix, bool anonymous);
int show(const Common& common, const std::string& name);
int statistics(const Common& common);
int remove(const Common& common, const std::string& name);

// Gets an item of a queue, an entry of a dict, an attribute of a namespace, or a value.
struct Get {
  std::string name;
  std::optional<std::string> key;
  bool text = false;              // The key is text, whatever it looks like.
  std::optional<double> timeout;  // Seconds; nothing: for ever.
};
int get(const Common& common, const Get& wanted);

struct Put {
  std::string name;
  std::vector<std::string> words;  // Items; for set: a key, if the type has keys, and a value.
  bool text = false;               // All of them are text, whatever they look like.
  std::optional<double> timeout;
  std::optional<double> delay;      // Seconds before they can be got.
  std::optional<std::string> once;  // Nothing is put while an item with this key is there.
  bool reliable = false;            // The queue must be so, and is made so.
};
int put(const Common& common, const Put& items);  // Makes a Queue if there is nothing.
int set(const Common& common, const Put& entry);  // Makes a Namespace if there is nothing.

struct Hold {
  std::string name;
  std::optional<double> timeout;
  std::vector<std::string> command;
};
// Runs the command while holding the lock, and returns its exit code; 128 + N if signal N ended it,
// 127 or 126 if it can't be started, 2 if the lock was lost meanwhile.
int lock(const Common& common, const Hold& hold);

// Shows the workers of a pool, the waiting tasks, and the dead ones.
int pool(const Common& common, const std::string& name);
// Puts dead tasks in line again, all of them if none is named, and prints how many.
int retry(const Common& common, const std::string& name, const std::vector<uint64_t>& tasks);

struct NewKey {
  std::string file;  // Empty: a line on standard output.
  std::string id = "default", role = "rw", prefix = "-", not_after = "-";
};
int keygen(const NewKey& key);

}  // namespace syncmanager
