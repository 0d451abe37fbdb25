// syncctl: asks a manager and works with its objects, from the shell.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <iterator>

#include "protos/support/str_cat.h"
#include "tools/command_line/spelling.h"
#include "tools/syncctl/commands.h"
#include "tools/syncctl/output.h"
#include "tools/syncctl/stop_signals.h"

namespace syncmanager {
namespace {

constexpr char kMark = '\0';

// The longest timeout that the manager accepts.
constexpr double kYear = 365 * 24 * 3600;

constexpr const char* kExamples = R"(
Examples:
  syncctl ls                                   what there is
  syncctl show jobs                            who holds it, who waits for it
  syncctl put jobs a.png b.png                 two items
  syncctl get jobs --timeout 5                 one of them, within five seconds; it is done then
  syncctl put jobs nightly --once nightly      unless it is there already
  syncctl set status phase done                an attribute of a namespace
  syncctl get status phase
  syncctl lock deploy -- make install          one at a time, over all hosts
  syncctl pool renders                         its workers, what waits, and which tasks are dead
  syncctl pool renders --retry 17              tries a dead one again; without a number, all
  syncctl keygen ~/manager.key --id workers --role rw
  syncctl --url syncmanager+tls://workers@db1:7000 --key-file ~/manager.key ping

Output: for a terminal, tables are as wide as it is, and control characters are shown as escapes. In
a pipe or a file nothing is shortened, and a text that get prints is the text itself.

Exit codes: 0; 1 for what one must expect (not in time, no such object); 2 for everything else. A
command that a signal stops ends by that signal (130 in the shell after Ctrl-C), and what it was
given goes back. lock passes on the exit code of its command.)";

constexpr const char* kWords = R"(
Words: a number as Python writes it (7, -1.5, 1e+16), true, false and none are those values. Every
other word is text: 007, +5 and 1e5 too. --text makes all of them text.)";

constexpr const char* kValues = R"(
An item is done when it was printed. It goes back to its queue if standard output can't take it, and
if a signal stops get. Only SIGKILL can lose an item, and that of a reliable queue comes back.

Text is printed as it is (with escapes on a terminal), every other value as Python's repr. --json
prints one line of JSON in ASCII. Lists, tuples and sets are arrays, integers have all their digits.
What JSON hasn't is an object with one key:
  {"$bytes": BASE64}                  bytes
  {"$float": "nan"}                   nan, inf and -inf
  {"$int": "0x1f"}                    an integer of more than 4096 bits
  {"$dict": [[KEY, VALUE], ...]}      a dict with a key that is no text, or begins with $
  {"$reference": {"id": 7, "type": "Queue"}}
  {"$opaque": {"codec": "pickle", "bytes": BASE64}})";

constexpr const char* kHeld = R"(
The command gets the signals that syncctl gets, and the lock is released when it has ended. If the
lock is lost meanwhile, or syncctl is killed, the command and all that it has started are killed.

Exit codes: that of the command, 128 + N if signal N ended it, 127 or 126 if it can't be started;
1 if the lock wasn't to be had in time; 2 if the lock was lost while the command ran.)";

// Becomes the bench, which is beside syncctl where it is installed, and in a folder of its own in a
// build tree.
int bench(const std::vector<std::string>& words) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::string program = (here / "syncmanager-bench").string();
  if (::access(program.c_str(), X_OK) != 0) {
    program = (here / "../bench/syncmanager-bench").string();
  }
  if (::access(program.c_str(), X_OK) != 0) {
    throw Error(
        "there is no bench beside syncctl: install the component \"bench\", or build it by "
        "`tools/dev build all` with libhiredis-dev");
  }
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies = words;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  throw Error("can't start " + program);
}

// Seconds as a number, for options.
CLI::Validator seconds_up_to(double most) {
  const auto check = [most](const std::string& word) {
    double seconds = 0;
    const char* const end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, seconds);
    const bool whole = parsed.ec == std::errc() && parsed.ptr == end;
    if (whole && seconds >= 0 && seconds <= most) return std::string();
    return str_cat("expected seconds, a number from 0 to ", static_cast<uint64_t>(most), ", not \"",
                   word, "\"");
  };
  return CLI::Validator(check, "");
}

// One command of the command line: its arguments and its action.
class Commands {
 public:
  Commands() {
    app_.footer(kExamples);
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "syncctl " SYNCMANAGER_VERSION);
    app_.add_option("--url", common_.url,
                    "unix:/path, syncmanager://[key_id@]host:port[/server_id], or with TLS "
                    "syncmanager+tls://...")
        ->envname("SYNCMANAGER_URL");
    app_.add_option("--key-file", common_.key_file, "A file of keys, as keygen writes it");
    app_.add_flag("--json", common_.json, "Print JSON, for programs");
    questions();
    work();
    others();
    take_marks_off();
  }

  int run(int argc, char** argv) {
    std::vector<std::string> words(std::make_reverse_iterator(argv + argc),
                                   std::make_reverse_iterator(argv + 1));
    std::for_each(words.begin(), words.end(), mark);
    try {
      app_.parse(words);  // The last word first.
    } catch (const CLI::CallForVersion&) {
      print(app_.version() + "\n");
      return 0;
    } catch (const CLI::CallForHelp&) {
      print(app_.help() + "\n");
      return 0;
    } catch (const CLI::ParseError& error) {
      throw InvalidArgument(without_mark(explain(error)));
    }
    return chosen_();
  }

 private:
  CLI::App& command(const char* name, const char* what, std::function<int()> action) {
    CLI::App& command = *app_.add_subcommand(name, what);
    command.callback([this, action = std::move(action)] { chosen_ = action; });
    command.fallthrough();
    return command;
  }

  // Reports the error in the command line, and where the help is.
  std::string explain(const CLI::ParseError& error) const {
    if (const auto chosen = app_.get_subcommands(); !chosen.empty()) {
      const std::string command = "syncctl " + chosen[0]->get_name();
      return str_cat(command, ": ", error.what(), "; see `", command, " --help`");
    }
    for (const std::string& word : app_.remaining()) {
      if (word.starts_with('-')) continue;
      std::vector<std::string> names;
      for (const CLI::App* command : app_.get_subcommands({})) names.push_back(command->get_name());
      const std::string meant = nearest(word, names);
      return str_cat("there is no command \"", word, "\"",
                     meant.empty() ? "" : str_cat(", did you mean ", meant, "?"),
                     "; `syncctl --help` lists them");
    }
    const bool missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
    return str_cat(missing ? "the command is missing" : error.what(), "; see `syncctl --help`");
  }

  void questions() {
    command("ping", "Ask whether a manager answers, and how fast",
            [this] { return ping(common_, count_); })
        .add_option("-n,--count", count_, "How often")
        ->check(CLI::Range(1, 100'000));
    CLI::App& ls =
        command("ls", "List the objects", [this] { return list(common_, prefix_, anonymous_); });
    ls.add_option("prefix", prefix_, "Those whose names begin so");
    ls.add_flag("-a,--anonymous", anonymous_, "Also those without a name");
    name(command("show", "Who holds an object and who waits for it",
                 [this] { return show(common_, get_.name); }),
         get_.name);
    command("stats", "The manager in figures", [this] { return statistics(common_); });
    pool();
  }

  void pool() {
    CLI::App& pool =
        command("pool", "Who works for a pool, what waits, and which tasks are dead", [this] {
          return retry_ ? retry(common_, get_.name, tasks_) : syncmanager::pool(common_, get_.name);
        });
    name(pool, get_.name);
    CLI::Option& retry =
        *pool.add_flag("--retry", retry_, "Put dead tasks in line again: those named, or all");
    pool.add_option("tasks", tasks_, "The numbers of dead tasks")->needs(&retry);
  }

  void work() {
    CLI::App& get = command("get", "Take an item from a queue, or read an entry or a value",
                            [this] { return syncmanager::get(common_, get_); });
    get.footer(kValues);
    name(get, get_.name);
    get.add_option("key", get_.key, "Of a dict or namespace");
    get.add_flag("--text", get_.text, "The key is text even if it looks like a number");
    timeout(get, get_.timeout);
    CLI::App& put = command("put", "Put items into a queue",
                            [this] { return syncmanager::put(common_, put_); });
    put.footer(kWords);
    name(put, put_.name);
    put.add_option("items", put_.words, "What is put, in this order")->required();
    put.add_flag("--text", put_.text, "Items are text even if they look like numbers");
    timeout(put, put_.timeout);
    put.add_option("--delay", put_.delay, "Seconds before they can be got")
        ->check(seconds_up_to(kYear))
        ->excludes("--timeout");
    put.add_option("--once", put_.once, "A key: nothing is put while an item with it is there")
        ->excludes("--timeout")
        ->excludes("--delay");
    put.add_flag("--reliable", put_.reliable,
                 "The queue gives back what isn't done; one that isn't so is refused");
    CLI::App& set = command("set", "Set an entry, an attribute or a value",
                            [this] { return syncmanager::set(common_, put_); });
    set.footer(kWords);
    name(set, put_.name);
    set.add_option("words", put_.words, "[KEY] VALUE")->required()->expected(1, 2);
    set.add_flag("--text", put_.text, "Words are text even if they look like numbers");
    CLI::App& lock = command("lock", "Run a command while holding a lock",
                             [this] { return syncmanager::lock(common_, hold_); });
    lock.footer(kHeld);
    name(lock, hold_.name);
    lock.add_option("command", hold_.command, "After --")->required();
    timeout(lock, hold_.timeout);
    name(command("rm", "Delete an object; calls that wait for it fail",
                 [this] { return remove(common_, get_.name); }),
         get_.name);
  }

  void others() {
    CLI::App& keygen = command("keygen", "Make a key, into a file or onto standard output",
                               [this] { return syncmanager::keygen(key_); });
    keygen.add_option("file", key_.file, "Made with mode 0600, or given one more line");
    keygen.add_option("--id", key_.id, "What the key is called")->capture_default_str();
    keygen.add_option("--role", key_.role, "ro, rw, admin, produce or consume")
        ->capture_default_str();
    keygen.add_option("--prefix", key_.prefix, "Names it is for: /jobs/")->capture_default_str();
    keygen.add_option("--not-after", key_.not_after, "Its last day: 2027-01-31")
        ->capture_default_str();
    CLI::App& bench = command("bench", "Measure; see `syncctl bench -- --help`",
                              [this] { return syncmanager::bench(bench_); });
    bench.add_option("flags", bench_, "After --");
  }

  // CLI11 makes two words of [a,b]. A mark that no word of a command line can have prevents it.
  static void mark(std::string& word) {
    if (word.starts_with('[') && word.ends_with(']')) word.insert(0, 1, kMark);
  }
  static std::string without_mark(std::string text) {
    std::erase(text, kMark);
    return text;
  }
  void take_marks_off() {
    for (CLI::App* const command : app_.get_subcommands({})) {
      for (CLI::Option* const option : command->get_options()) {
        if (option->get_items_expected_max() > 0) option->transform(without_mark);
      }
    }
  }
  // An object without a name would end with syncctl.
  static void name(CLI::App& command, std::string& name) {
    const auto check = [](const std::string& word) {
      return word.empty() ? std::string("expected the name of an object, not \"\"") : std::string();
    };
    command.add_option("name", name)->required()->check(CLI::Validator(check, ""));
  }
  static void timeout(CLI::App& command, std::optional<double>& seconds) {
    command.add_option("--timeout", seconds, "Seconds to wait at most; 0: not at all")
        ->check(seconds_up_to(kYear));
  }

  CLI::App app_{"Asks a manager and works with its objects.", "syncctl"};
  std::function<int()> chosen_;
  Common common_;
  int count_ = 10;
  std::string prefix_;
  bool anonymous_ = false;
  Get get_;
  Put put_;
  Hold hold_;
  bool retry_ = false;
  std::vector<uint64_t> tasks_;
  NewKey key_;
  std::vector<std::string> bench_;
};

}  // namespace
}  // namespace syncmanager

int main(int argc, char** argv) {
  using namespace syncmanager;
  keep_standard_descriptors();
  try {
    return Commands().run(argc, argv);
  } catch (const Stopped& stopped) {
    die_of(stopped.signal());
  } catch (const OutputFailed& failed) {
    if (failed.error() == EPIPE && !is_ignored(SIGPIPE)) die_of(SIGPIPE);
    report(failed.what());
  } catch (const NoSuchObject& error) {
    return complain(error.what());
  } catch (const std::exception& error) {
    report(error.what());
  }
  return 2;
}
