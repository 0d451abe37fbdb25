#include <syncmanager/client.h>

#include <memory>
#include <optional>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/entries.h"
#include "tools/syncctl/output/output.h"
#include "tools/syncctl/output/values.h"
#include "tools/syncctl/process/stop_signals.h"
#include "tools/syncctl/queues.h"

namespace syncmanager {
namespace {

struct Get {
  Target object;
  std::optional<std::string> key;
  As key_as = As::kText;
  std::optional<uint64_t> count;
  bool follow = false;
  Writing writing;
};

template <class Q>
void give_back(const Q& queue, const ShellValue& item) {
  try {
    queue.put_back(item);
  } catch (const Refused&) {
    // The queue is reliable, and takes back unfinished items when this session ends.
  }
}

// Gets items and prints them. An item is done when standard output has all of it, and not before.
template <class Q>
class Gets {
 public:
  Gets(const Get& wanted, const Q& queue, StopSignals& stop, const Deadline& deadline)
      : wanted_(wanted), queue_(queue), stop_(stop), deadline_(deadline) {}

  // Returns the exit code.
  int get_all() {
    const uint64_t most = wanted_.count.value_or(1);
    for (uint64_t count = 0; wanted_.follow || count < most; ++count) {
      if (get_one()) continue;
      if (wanted_.follow && ended_) return 0;
      const std::string had = most > 1 ? str_cat("; ", count, " of ", most, " were printed") : "";
      return complain(str_cat("\"", wanted_.object.name, "\": no item in time", had));
    }
    return 0;
  }

 private:
  // Returns false if there was no item in time, or the queue was shut down.
  bool get_one() {
    const std::optional<ShellValue> item = next();
    if (!item) return false;
    try {
      print_until(stop_.descriptor(), written(*item, wanted_.writing));
    } catch (...) {
      give_back(queue_, *item);
      if (stop_.signal() != 0) throw Stopped(stop_.signal());
      throw;
    }
    queue_.task_done();
    return true;
  }

  std::optional<ShellValue> next() {
    try {
      return stop_.wait([&] { return queue_.try_get_for(deadline_.left()); });
    } catch (const ShutDown&) {
      if (!wanted_.follow) throw;
      ended_ = true;
      return std::nullopt;
    }
  }

  const Get& wanted_;
  const Q& queue_;
  StopSignals& stop_;
  const Deadline& deadline_;
  bool ended_ = false;  // The queue was shut down.
};

int get(const Common& common, Get& wanted) {
  StopSignals stop;
  wanted.writing.json = common.json;
  const Deadline deadline(wanted.object.timeout);
  const Client client = connect_for(common, wanted.object, deadline);
  const std::string& name = wanted.object.name;
  const std::string type = type_of(client, wanted.object, deadline);
  if (type.empty()) return complain_of_none(name);
  if (!is_queue(type)) {
    if (wanted.follow || wanted.count) {
      throw InvalidArgument(
          str_cat("\"", name, "\" is a ", type, ": --count and --follow are for queues"));
    }
    const std::optional<ShellValue> value =
        read_entry(client, name, type, wanted.key, wanted.key_as);
    if (!value)
      return complain(str_cat("\"", name, "\" has no ", key_word(type), " \"", *wanted.key, "\""));
    print(written(*value, wanted.writing));
    return 0;
  }
  if (wanted.key) refuse_key(name, type, *wanted.key);
  return with_queue(client, name, type, "get", [&](const auto& queue) {
    return Gets(wanted, queue, stop, deadline).get_all();
  });
}

constexpr const char* kNotes = R"(
An item is done when it was printed. It goes back to its queue if standard output can't take it,
and if a signal stops get. Only SIGKILL can lose an item, and that of a reliable queue comes back;
so does the item of `syncctl take`.

Text is printed as it is (with escapes on a terminal), every other value as Python's repr. --json
prints each value as a line of JSON in ASCII; integers have all their digits. A value that JSON
lacks is an object with one key: {"$bytes": BASE64}, {"$float": "nan"}, {"$int": "0x1f"} for
integers of more than 4096 bits, {"$dict": [[KEY, VALUE], ...]} for a dict with other keys than
text, {"$reference": ...}, {"$opaque": ...} for a pickle.

Exit codes: 0; 1 if there is no such object or key, or no item in time; 2.)";

}  // namespace

void add_get(CommandLine& line) {
  const auto wanted = std::make_shared<Get>();
  CLI::App& command =
      line.add({.group = "Queues",
                .name = "get",
                .does = "Take an item from a queue, or read an entry or a value",
                .examples = {{"An item, within five seconds", "syncctl get jobs --timeout 5"},
                             {"Three items, each ended by a NUL",
                              "syncctl get jobs --count 3 --null | xargs -0 ls -d"},
                             {"All items, as they come, from a queue that may not be there yet",
                              "syncctl get log --follow --wait"},
                             {"An attribute of a namespace", "syncctl get status phase"},
                             {"An entry of a dict whose key is a number",
                              "syncctl get squares 7 --key-as number"},
                             {"A value as it is, into a file", "syncctl get jobs --raw > item"}},
                .notes = kNotes},
               [wanted](const Common& common) { return get(common, *wanted); });
  add_target(command, wanted->object, "A queue, dict, namespace, list, Array, Value or Counter");
  command.add_option("key", wanted->key,
                     "The key of a dict, the attribute of a namespace, or the index in a list");
  add_as(command, wanted->key_as, "--key-as", "How the key of a dict is read");
  CLI::Option* const count =
      command.add_option("-n,--count", wanted->count, "How many items to get")->type_name("N");
  command.add_flag("--follow", wanted->follow, "Get items until a signal, or the queue's end")
      ->excludes(count);
  add_writing(command, wanted->writing);
}

}  // namespace syncmanager
