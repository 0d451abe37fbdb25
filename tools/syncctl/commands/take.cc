#include <syncmanager/client.h>
#include <syncmanager/interruptible.h>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "protos/support/str_cat.h"
#include "tools/syncctl/arguments.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output/text.h"
#include "tools/syncctl/process/jobs.h"
#include "tools/syncctl/process/stop_signals.h"
#include "tools/syncctl/queues.h"

namespace syncmanager {
namespace {

constexpr std::string_view kPlace = "{}";
constexpr size_t kShown = 60;  // The columns of a command in a message.

struct Take {
  Target queue;
  std::vector<std::string> command;
  unsigned jobs = 1;
  std::optional<uint64_t> count;
  std::optional<uint64_t> attempts;
  std::optional<std::string> dead_letters;
  std::optional<std::chrono::microseconds> pause = std::chrono::seconds(1);
  bool json = false;
};

// The command with the item in place of each {}. Without a {} the item is its standard input.
class ItemCommand {
 public:
  ItemCommand(const std::vector<std::string>& words, const std::string& item) : words_(words) {
    bool placed = false;
    for (std::string& word : words_) {
      for (size_t at = 0; (at = word.find(kPlace, at)) != word.npos; at += item.size()) {
        word.replace(at, kPlace.size(), item);
        placed = true;
      }
    }
    if (!placed) input_ = item;
    if (placed && item.find('\0') != item.npos) {
      throw InvalidArgument(
          "the item has a NUL, which no argument can have; leave {} out, and the "
          "command reads the item from its standard input");
    }
  }

  const std::vector<std::string>& words() const { return words_; }
  const std::string& input() const { return input_; }
  // For a message.
  std::string print() const {
    std::string text;
    for (const std::string& word : words_) text += (text.empty() ? "" : " ") + on_one_line(word);
    return shorten(text, kShown);
  }

 private:
  std::vector<std::string> words_;
  std::string input_;
};

// Threads that take items and run the command with each, until there is nothing more to do.
template <class Q>
class Takers {
 public:
  Takers(const Take& wanted, const Client& client, const Q& queue, Jobs& jobs)
      : wanted_(wanted), client_(client), queue_(queue), jobs_(jobs) {}

  // Returns the exit code. Throws Stopped after a signal, and what a taker's call threw.
  int work(const LostSession& lost) {
    std::vector<std::jthread> threads;
    working_ = wanted_.jobs;
    for (unsigned i = 0; i < wanted_.jobs; ++i) threads.emplace_back([this] { take_all(); });
    const int signal = jobs_.watch(lost);
    threads.clear();
    if (signal != 0) throw Stopped(signal);
    if (error_) std::rethrow_exception(error_);
    if (wanted_.count && begun_ < *wanted_.count) {
      return complain(str_cat("\"", wanted_.queue.name, "\": no item in time; ", begun_.load(),
                              " of ", *wanted_.count, " were taken"));
    }
    return failed_ ? 1 : 0;
  }

 private:
  void take_all() {
    try {
      while (reserve() && take_one()) {
      }
    } catch (const Cancelled&) {
      // A signal came.
    } catch (const ShutDown&) {
      // The queue has ended.
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_) error_ = std::current_exception();
      jobs_.stop();
    }
    if (--working_ == 0) jobs_.finish();
  }

  // Returns whether one more item may be taken.
  bool reserve() {
    const std::lock_guard lock(mutex_);
    if (jobs_.stopping().stop_requested()) return false;
    if (wanted_.count && reserved_ == *wanted_.count) return false;
    ++reserved_;
    return true;
  }

  // Returns false if there was no item in time.
  bool take_one() {
    std::optional<Delivery<ShellValue>> item = next();
    if (!item) return false;
    ++begun_;
    const std::optional<bool> succeeded = run(*item);
    if (!succeeded) return false;
    if (*succeeded) {
      item->ack();
    } else {
      failed_ = true;
      give_back(*item);
    }
    return true;
  }

  std::optional<Delivery<ShellValue>> next() const {
    const Interruptible here(jobs_.stopping());
    return queue_.try_take_for(Deadline(wanted_.queue.timeout).left());
  }

  // Returns whether the command ended with 0; nothing if it wasn't started because of a signal.
  std::optional<bool> run(const Delivery<ShellValue>& item) {
    try {
      const ItemCommand command(wanted_.command,
                                wanted_.json ? item.item().json() : item.item().raw());
      const int code = jobs_.run(command.words(), command.input(),
                                 {str_cat("SYNCMANAGER_DELIVERY=", item.deliveries())});
      if (code < 0) return std::nullopt;
      if (code != 0) report(str_cat("`", command.print(), "` ended with ", code));
      return code == 0;
    } catch (const InvalidArgument& error) {
      report(error.what());
      return false;
    }
  }

  // The item of a command that failed. A taker on a broken host waits, and leaves items to others.
  void give_back(Delivery<ShellValue>& item) {
    if (wanted_.attempts && item.deliveries() >= *wanted_.attempts) {
      if (wanted_.dead_letters) client_.queue<ShellValue>(*wanted_.dead_letters).put(item.item());
      item.ack();
      report(str_cat("an item failed ", item.deliveries(), " times, and is ",
                     wanted_.dead_letters ? str_cat("in \"", *wanted_.dead_letters, "\"")
                                          : std::string("dropped")));
      return;
    }
    item.nack();
    std::unique_lock lock(mutex_);
    if (wanted_.count && reserved_ == *wanted_.count) return;
    pausing_.wait_for(lock, jobs_.stopping(), *wanted_.pause, [] { return false; });
  }

  const Take& wanted_;
  const Client& client_;
  const Q& queue_;
  Jobs& jobs_;
  std::atomic<unsigned> working_{0};
  std::atomic<uint64_t> begun_{0};  // Items that were taken.
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::condition_variable_any pausing_;
  uint64_t reserved_ = 0;
  std::exception_ptr error_;
};

int take(const Common& common, Take& wanted) {
  if (wanted.dead_letters && !wanted.attempts) {
    throw InvalidArgument("--dead-letters needs --attempts: after how many an item goes there");
  }
  Front front;
  if (const std::optional<int> code = front.divide()) return *code;
  wanted.json = common.json;
  const LostSession lost;
  const Deadline deadline(wanted.queue.timeout);
  const Client client = connect_for(common, wanted.queue, deadline, [&lost] { lost.tell(); });
  const std::string type = type_of(client, wanted.queue, deadline);
  if (type.empty()) return complain_of_none(wanted.queue.name);
  Jobs jobs(front);
  return with_queue(client, wanted.queue.name, type, "take", [&](const auto& queue) {
    return Takers(wanted, client, queue, jobs).work(lost);
  });
}

constexpr const char* kNotes = R"(
The item stands in place of each {} in the command; without a {} it is the command's standard
input. Text and bytes are as they are, every other value as Python's repr, or with --json each
value as JSON. SYNCMANAGER_DELIVERY says how often the item was taken, 1 for the first time.

An item is done when its command ends with 0. Otherwise it goes back to the head of its queue, and
this taker waits a second (--pause) before it takes another one, so that a broken host leaves the
items to the others. If a command, syncctl or the host dies, the items that were taken go back,
too.

take goes on until a signal, the end of the queue, or --count or --timeout. A signal goes to the
commands, and take ends when they have ended.

Exit codes: 0; 1 if a command failed, there is no such queue, or there were fewer items in time
than --count says; 2.)";

}  // namespace

void add_take(CommandLine& line) {
  const auto wanted = std::make_shared<Take>();
  CLI::App& command = line.add(
      {.group = "Queues",
       .name = "take",
       .does = "Run a command with each item; an item whose command fails goes back",
       .examples = {{"Four at a time, on any number of hosts",
                     "syncctl take jobs -j 4 -- ./thumbnail {}"},
                    {"Until the queue is empty", "syncctl take jobs --timeout 0 -- wc -c {}"},
                    {"One item, which the command reads",
                     "syncctl take mails --count 1 -- grep Subject"},
                    {"Before the queue is there, and a bad item three times at most",
                     "syncctl take jobs --wait --attempts 3 --dead-letters bad -- ./work {}"}},
       .notes = kNotes},
      [wanted](const Common& common) { return take(common, *wanted); });
  add_target(command, wanted->queue, "The queue", "How long to wait for each item; 0: not at all");
  command.add_option("command", wanted->command, "The command and its words, after --")->required();
  command.add_option("-j,--jobs", wanted->jobs, "How many commands run at a time")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  command.add_option("-n,--count", wanted->count, "How many items to take")->type_name("N");
  CLI::Option* const attempts =
      command
          .add_option("--attempts", wanted->attempts,
                      "How often an item may fail before it is dropped, or is a dead letter")
          ->type_name("N")
          ->check(CLI::Range(1, 1'000'000).description(""));
  command.add_option("--dead-letters", wanted->dead_letters, "The queue for such items")
      ->type_name("QUEUE")
      ->needs(attempts);
  add_duration(command, "--pause", wanted->pause, "How long a taker waits after a failure");
}

}  // namespace syncmanager
