#include <syncmanager/client.h>

#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/process/stop_signals.h"
#include "tools/syncctl/queues.h"
#include "tools/syncctl/values/input.h"

namespace syncmanager {
namespace {

// The puts that may be under way at a time. The manager lets 256 calls of a session wait.
constexpr size_t kMaxUnderWay = 200;
constexpr size_t kMaxBytesUnderWay = 32 << 20;

struct Put {
  Target queue;
  std::vector<std::string> words;
  Reading reading;
  std::optional<std::chrono::microseconds> delay;
  std::optional<std::string> once;
  bool reliable = false;
};

// Puts items one after the other without waiting for each answer, and counts what became of them.
template <class Q>
class Puts {
 public:
  Puts(const Put& wanted, const Q& queue, StopSignals& stop)
      : wanted_(wanted), queue_(queue), stop_(stop), deadline_(wanted.queue.timeout) {}

  // Puts all items. Returns the exit code. Throws what a put throws, and Stopped.
  int put_all(Input& input) {
    try {
      while (const std::optional<ShellValue> item = next(input)) put(*item);
      while (!under_way_.empty()) finish_first();
    } catch (...) {
      give_up();
      report_count();
      throw;
    }
    if (done_ == count_) return 0;
    report_count();
    return 1;
  }

 private:
  struct UnderWay {
    Future<bool> done;
    size_t bytes;
  };

  std::optional<ShellValue> next(Input& input) {
    if (count_ > done_ + under_way_.size()) return std::nullopt;  // One was refused.
    std::optional<ShellValue> item = stop_.wait([&] { return input.next(); });
    if (stop_.signal() != 0) throw Stopped(stop_.signal());
    return item;
  }

  void put(const ShellValue& item) {
    const std::string quoted = str_cat("\"", wanted_.queue.name, "\"");
    if (wanted_.delay) {
      ++count_;
      stop_.wait([&] { queue_.put_after(item, *wanted_.delay); });
      ++done_;
      return;
    }
    if (wanted_.once) {
      ++count_;
      if (stop_.wait([&] { return queue_.put_once(*wanted_.once, item); })) {
        ++done_;
      } else {
        complain(str_cat(quoted, " has an item with the key \"", *wanted_.once, "\""));
      }
      return;
    }
    while (under_way_.size() >= kMaxUnderWay || bytes_ > kMaxBytesUnderWay) finish_first();
    under_way_.push_back({queue_.async_put_for(item, deadline_.left()), item.encoded.size()});
    bytes_ += item.encoded.size();
    ++count_;
  }

  void finish_first() {
    const bool in_time = stop_.wait([&] { return under_way_.front().done.get(); });
    if (in_time) {
      ++done_;
    } else if (!said_full_) {
      said_full_ = true;
      complain(str_cat("\"", wanted_.queue.name, "\": no room in time"));
    }
    bytes_ -= under_way_.front().bytes;
    under_way_.pop_front();
  }

  // Cancels what waits, and counts what was done before.
  void give_up() {
    for (UnderWay& put : under_way_) {
      try {
        if (put.done.valid() && !put.done.cancel() && put.done.get()) ++done_;
      } catch (const Error&) {
      }
    }
  }

  void report_count() const {
    if (count_ > 1) report(str_cat(done_, " of ", count_, " items were put"));
  }

  const Put& wanted_;
  const Q& queue_;
  StopSignals& stop_;
  const Deadline deadline_;
  std::deque<UnderWay> under_way_;
  size_t bytes_ = 0;             // Of the items under way.
  size_t count_ = 0, done_ = 0;  // The items that were read, and that are in the queue.
  bool said_full_ = false;
};

void require_reliable(const Client& client, const std::string& name) {
  const auto state = client.inspect(name);
  if (!state || state->detail.find(", reliable") != std::string::npos) return;
  throw WrongType(str_cat("\"", name, "\" exists and is not reliable: put without --reliable, or `",
                          "syncctl rm ", name, "` first"));
}

int put(const Common& common, const Put& wanted) {
  if (wanted.once && wanted.words.size() > 1) {
    throw InvalidArgument("--once is for one item: no other one could have its key");
  }
  StopSignals stop;
  const Client client = connect_for(common, wanted.queue, Deadline(wanted.queue.timeout));
  Input input(wanted.words, wanted.reading, stop.descriptor());
  const std::string& name = wanted.queue.name;
  const auto put_all = [&](const auto& queue) { return Puts(wanted, queue, stop).put_all(input); };
  const auto state = client.inspect(name);
  if (!state) return put_all(client.queue<ShellValue>(name, {.reliable = wanted.reliable}));
  if (wanted.reliable) require_reliable(client, name);
  return with_queue(client, name, state->summary.type, "put", put_all);
}

constexpr const char* kNotes = R"(
An item is in the queue when put has ended with 0. An item that isn't is counted in the message.
After a signal, or when one can't be read, the items before it are in the queue.

Exit codes: 0; 1 if there was no room in time, or --once found the key; 2.)";

}  // namespace

void add_put(CommandLine& line) {
  const auto wanted = std::make_shared<Put>();
  static const std::string notes = std::string(kValueNotes) + kNotes;
  CLI::App& command = line.add(
      {.group = "Queues",
       .name = "put",
       .does = "Put items into a queue",
       .examples = {{"Two items", "syncctl put jobs a.png b.png"},
                    {"Each line of a pipe", "find . -name '*.png' | syncctl put jobs -"},
                    {"Names with any characters",
                     "find . -print0 | syncctl put jobs - --null --as bytes"},
                    {"The contents of a file", "syncctl put mails @mail.txt"},
                    {"Each line of a file as JSON",
                     "syncctl put events @events.jsonl --lines --as json"},
                    {"Unless it is there already", "syncctl put jobs nightly --once nightly"},
                    {"To be got in ten minutes", "syncctl put jobs again --delay 10min"}},
       .notes = notes.c_str()},
      [wanted](const Common& common) { return put(common, *wanted); });
  add_name(command, wanted->queue.name, "The queue; made if there is none");
  command.add_option("items", wanted->words, "The items, in this order; - and @FILE are read")
      ->required();
  add_reading(command, wanted->reading);
  CLI::Option& timeout = add_timeout(command, wanted->queue.timeout,
                                     "How long to wait for room in all; 0: not at all");
  CLI::Option& delay =
      add_duration(command, "--delay", wanted->delay, "How long the items can't be got");
  delay.excludes(&timeout);
  command
      .add_option("--once", wanted->once,
                  "A key: nothing is put while an item with it is in the queue or in hand")
      ->type_name("KEY")
      ->excludes(&timeout)
      ->excludes(&delay);
  command.add_flag("--wait", wanted->queue.wait, "Wait until a manager is there");
  command.add_flag(
      "--reliable", wanted->reliable,
      "Make the queue a reliable one, where each get must be acknowledged; a queue that "
      "exists and isn't reliable is refused");
}

}  // namespace syncmanager
