#include "tools/syncctl/arguments.h"

#include <map>
#include <utility>

#include "protos/support/str_cat.h"
#include "protos/support/units.h"

namespace syncmanager {
namespace {

using std::chrono::microseconds;

constexpr microseconds kYear = std::chrono::hours(24 * 365);

std::string refuse_empty(const std::string& word) {
  return word.empty() ? "expected the name of an object, not \"\"" : std::string();
}

}  // namespace

const char* const kValueNotes = R"(
Values: each word is text. --as number takes integers of any size and reals as Python writes them
(7, -1.5, 1e+16), --as json one JSON value, --as bytes any bytes. "-" reads standard input, and
@FILE reads the file: standard input gives a value for each line, a file is one value.

In JSON an array is a list and an object is a dict. A value that JSON lacks is an object with one
key: {"$bytes": BASE64}, {"$float": "nan"} (or "inf", "-inf"), {"$int": "0x1f"}, {"$dict": [[KEY,
VALUE], ...]}.
)";

void add_name(CLI::App& command, std::string& name, const std::string& what) {
  command.add_option("name", name, what)->required()->check(CLI::Validator(refuse_empty, ""));
}

CLI::Option& add_duration(CLI::App& command, const std::string& flag,
                          std::optional<microseconds>& duration, const std::string& what) {
  const auto read = [&duration, flag](const std::string& word) {
    duration = parse_duration(word);
    if (duration && *duration <= kYear) return;
    throw CLI::ValidationError(
        flag, str_cat("expected a duration of a year at most, such as 500ms, 10s or 10 (seconds), ",
                      "not \"", word, "\""));
  };
  CLI::Option& option = *command.add_option_function<std::string>(flag, read, what);
  option.type_name("DURATION");
  return option;
}

CLI::Option& add_timeout(CLI::App& command, std::optional<microseconds>& timeout,
                         const std::string& what) {
  return add_duration(command, "--timeout", timeout, what);
}

void add_target(CLI::App& command, Target& target, const std::string& what,
                const std::string& of_timeout) {
  add_name(command, target.name, what);
  command.add_flag("--wait", target.wait, "Wait until the manager and the object are there");
  add_timeout(command, target.timeout, of_timeout);
}

void add_as(CLI::App& command, As& as, const std::string& flag, const std::string& what) {
  static const std::map<std::string, As> kNames = {
      {"text", As::kText}, {"number", As::kNumber}, {"json", As::kJson}, {"bytes", As::kBytes}};
  const auto read = [&as, flag](const std::string& word) {
    const auto found = kNames.find(word);
    if (found == kNames.end()) {
      throw CLI::ValidationError(
          flag, str_cat("expected text, number, json or bytes, not \"", word, "\""));
    }
    as = found->second;
  };
  command.add_option_function<std::string>(flag, read, what + ": text, number, json or bytes")
      ->type_name("TYPE")
      ->default_str("text");
}

void add_key_and_value(CLI::App& command, KeyAndValue& words, As& key_as,
                       const std::string& value_name, const std::string& what_value) {
  command.add_option("key", words.key,
                     "The key of a dict, the attribute of a namespace or the index in a list; left "
                     "out for other objects");
  command.add_option(value_name, words.value, what_value);
  command.parse_complete_callback([&words, value_name] {
    if (!words.value) std::swap(words.key, words.value);
    if (!words.value) throw CLI::RequiredError(value_name);
  });
  add_as(command, key_as, "--key-as", "How the key of a dict is read");
}

void add_reading(CLI::App& command, Reading& reading) {
  add_as(command, reading.as, "--as", "How values are read");
  const auto add_split = [&](const char* flag, Split split, const char* what) {
    return command.add_flag_callback(
        flag, [&reading, split] { reading.split = split; }, what);
  };
  CLI::Option* const lines =
      add_split("--lines", Split::kLines, "Each line of a file is a value, as of standard input");
  CLI::Option* const null =
      add_split("--null", Split::kNull, "A NUL ends each value, as find -print0 writes it");
  CLI::Option* const whole =
      add_split("--whole", Split::kWhole, "Standard input is one value, as a file is");
  lines->excludes(null)->excludes(whole);
  null->excludes(whole);
  command.add_flag("--literal", reading.literal, "\"-\" and @FILE are values like other words");
}

}  // namespace syncmanager
