#include "tools/syncctl/command_line.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

#include "protos/support/str_cat.h"
#include "tools/command_line/help_formatter.h"
#include "tools/command_line/spelling.h"
#include "tools/syncctl/output/output.h"

namespace syncmanager {
namespace {

constexpr char kMark = '\0';

constexpr const char* kNotes = R"(
Examples:
  Put two items into a queue, which is made by its first use:
    $ syncctl put jobs a.png b.png
  Put a line of a pipe each, and work on four of them at a time:
    $ find . -name '*.png' | syncctl put jobs -
    $ syncctl take jobs -j 4 -- ./thumbnail {}
  Run a command while no other host does:
    $ syncctl lock deploy -- make install
  See who holds an object and who waits for it:
    $ syncctl show deploy
  Work with a manager on another host:
    $ syncctl keygen workers.key
    $ syncctl --url syncmanager+tls://db1:7000 --key-file workers.key ls

Durations are numbers with a unit (500ms, 10s, 2min, 1h, 1d); a number alone counts seconds.

Output: on a terminal, tables are as wide as it is, and control characters are shown as escapes.
In a pipe or a file nothing is shortened, and text is printed as it is. --json prints JSON.

Exit codes: 0; 1 for what a script must expect (not in time, no such object); 2 for everything
else. A command that a signal stops ends by that signal (130 in the shell after Ctrl-C), and what
it was given goes back. lock and semaphore pass on the exit code of their command.)";

// Whether CLI11 would take the word apart: [a,b] for two words, -5 for a flag.
bool needs_mark(const std::string& word) {
  const bool is_negative =
      word.size() > 1 && word[0] == '-' &&
      (std::isdigit(static_cast<unsigned char>(word[1])) != 0 || word[1] == '.');
  return is_negative || (word.starts_with('[') && word.ends_with(']'));
}

// Takes off a mark that no word of a command line can have by itself.
std::string without_mark(std::string text) {
  std::erase(text, kMark);
  return text;
}

std::string footer_of(const Command& command) {
  std::string text = command.examples.empty() ? "" : "\nExamples:\n";
  for (const auto& [does, line] : command.examples) {
    text += str_cat("  ", does, ":\n    $ ", line, "\n");
  }
  text += command.notes;
  return text + "\n\n--url, --key-file and --json are flags of every command: `syncctl --help`.";
}

}  // namespace

CommandLine::CommandLine() : app_("Asks a manager and works with its objects.", "syncctl") {
  app_.formatter(std::make_shared<HelpFormatter>());
  app_.footer(kNotes);
  app_.require_subcommand(1);
  app_.set_version_flag("--version", "syncctl " SYNCMANAGER_VERSION, "Print the version and exit");
  app_.set_help_flag("-h,--help", "Print this help and exit");
  app_.add_option(
      "--url", common_.url,
      "The manager: unix:/path, syncmanager://[key_id@]host:port[/server_id], or with "
      "TLS syncmanager+tls://...; otherwise $SYNCMANAGER_URL, otherwise this user's own");
  app_.add_option("--key-file", common_.key_file,
                  "A file of keys, as keygen writes it; otherwise $SYNCMANAGER_AUTHKEY_FILE");
  app_.add_flag("--json", common_.json, "Print JSON, for programs");
}

CLI::App& CommandLine::add(const Command& command, std::function<int(const Common&)> action) {
  CLI::App& added = *app_.add_subcommand(command.name, command.does);
  added.group(command.group);
  added.footer(footer_of(command));
  added.set_help_flag("-h,--help", "Print this help and exit");
  added.callback([this, action = std::move(action)] { chosen_ = action; });
  added.fallthrough();
  return added;
}

int CommandLine::run(int argc, char** argv) {
  take_marks_off();
  std::vector<std::string> words(std::make_reverse_iterator(argv + argc),
                                 std::make_reverse_iterator(argv + 1));
  for (std::string& word : words) {
    if (needs_mark(word)) word.insert(0, 1, kMark);
  }
  try {
    app_.parse(words);  // The last word first.
  } catch (const CLI::CallForVersion&) {
    print(app_.version() + "\n");
    return 0;
  } catch (const CLI::CallForHelp&) {
    print(app_.help());
    return 0;
  } catch (const CLI::ParseError& error) {
    throw InvalidArgument(without_mark(explain(error)));
  }
  return chosen_(common_);
}

std::string CommandLine::explain(const CLI::ParseError& error) const {
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

void CommandLine::take_marks_off() {
  for (CLI::App* const command : app_.get_subcommands({})) {
    for (CLI::Option* const option : command->get_options()) {
      if (option->get_items_expected_max() > 0) option->transform(without_mark);
    }
  }
}

}  // namespace syncmanager
