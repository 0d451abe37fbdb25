// syncctl: asks a manager and works with its objects, from the shell.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "syncmanager/error.h"
#include "tools/syncctl/commands.h"

namespace syncmanager {
namespace {

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
  syncctl --url syncmanager://workers@db1:7000 --key-file ~/manager.key ping

Exit codes: 0; 1 for what one must expect (not in time, no such object); 2 for everything else.)";

// The bench is a program of its own, beside this one's folder.
int bench(const std::vector<std::string>& words) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  std::string program = (here / "../bench/bench").string();
  if (::access(program.c_str(), X_OK) != 0) {
    throw Error(
        "there is no bench beside syncctl: it is built with libhiredis-dev, by tools/dev build");
  }
  std::vector<char*> argv{program.data()};
  std::vector<std::string> copies = words;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(argv[0], argv.data());
  throw Error("can't start " + program);
}

// One command of the line: what it is told, and what it does.
class Commands {
 public:
  Commands() {
    app_.footer(kExamples);
    app_.require_subcommand(1);
    app_.add_option("--url", common_.url,
                    "unix:/path or syncmanager://[key_id@]host:port[/server_id]")
        ->envname("SYNCMANAGER_URL");
    app_.add_option("--key-file", common_.key_file, "A file of keys, as keygen writes it");
    app_.add_flag("--json", common_.json, "Print JSON, for programs");
    questions();
    work();
    others();
  }

  int run(int argc, char** argv) {
    CLI11_PARSE(app_, argc, argv);
    return chosen_();
  }

 private:
  CLI::App& command(const char* name, const char* what, std::function<int()> action) {
    CLI::App& command = *app_.add_subcommand(name, what);
    command.callback([this, action = std::move(action)] { chosen_ = action; });
    command.fallthrough();
    return command;
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
    command("show", "Who holds an object and who waits for it",
            [this] { return show(common_, get_.name); })
        .add_option("name", get_.name)
        ->required();
    command("stats", "The manager in figures", [this] { return statistics(common_); });
    pool();
  }

  void pool() {
    CLI::App& pool =
        command("pool", "Who works for a pool, what waits, and which tasks are dead", [this] {
          return retry_ ? retry(common_, get_.name, tasks_) : syncmanager::pool(common_, get_.name);
        });
    pool.add_option("name", get_.name)->required();
    CLI::Option& retry =
        *pool.add_flag("--retry", retry_, "Put dead tasks in line again: those named, or all");
    pool.add_option("tasks", tasks_, "The numbers of dead tasks")->needs(&retry);
  }

  void work() {
    CLI::App& get = command("get", "Take an item from a queue, or read an entry or a value",
                            [this] { return syncmanager::get(common_, get_); });
    get.add_option("name", get_.name)->required();
    get.add_option("key", get_.key, "Of a dict or namespace");
    timeout(get, get_.timeout);
    CLI::App& put = command("put", "Put items into a queue",
                            [this] { return syncmanager::put(common_, put_); });
    put.add_option("name", put_.name)->required();
    put.add_option("items", put_.words)->required();
    put.add_flag("--text", put_.text, "Items are text even if they look like numbers");
    timeout(put, put_.timeout);
    put.add_option("--delay", put_.delay, "Seconds before they can be got")
        ->check(CLI::Range(0.0, 3e7))
        ->excludes("--timeout");
    put.add_option("--once", put_.once, "A key: nothing is put while an item with it is there")
        ->excludes("--timeout")
        ->excludes("--delay");
    put.add_flag("--reliable", put_.reliable,
                 "A queue that is made now gives back what isn't done");
    CLI::App& set = command("set", "Set an entry, an attribute or a value",
                            [this] { return syncmanager::set(common_, put_); });
    set.add_option("name", put_.name)->required();
    set.add_option("words", put_.words, "[KEY] VALUE")->required()->expected(1, 2);
    set.add_flag("--text", put_.text, "Words are text even if they look like numbers");
    CLI::App& lock = command("lock", "Run a command while holding a lock",
                             [this] { return syncmanager::lock(common_, hold_); });
    lock.add_option("name", hold_.name)->required();
    lock.add_option("command", hold_.command, "After --")->required();
    timeout(lock, hold_.timeout);
    command("rm", "End an object; whoever waits for it is told",
            [this] { return remove(common_, get_.name); })
        .add_option("name", get_.name)
        ->required();
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

  static void timeout(CLI::App& command, std::optional<double>& seconds) {
    command.add_option("--timeout", seconds, "Seconds to wait at most; 0: not at all")
        ->check(CLI::Range(0.0, 1e6));
  }

  CLI::App app_{"Asks a manager and works with its objects."};
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
  try {
    return syncmanager::Commands().run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "syncctl: " << error.what() << '\n';
    return 2;
  }
}
