#include "manager/config_file.h"

#include <algorithm>
#include <istream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "manager/flag_names.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

constexpr std::string_view kNoName = " \t\r\n#=\"'[]";
constexpr std::string_view kEndsWord = " \t\r\n#";
constexpr std::string_view kEndsWordOfList = " \t\r\n#,]";

// Takes the text of a file apart, from its beginning to its end.
class Text {
 public:
  explicit Text(std::string_view text) : rest_(text) {}

  [[noreturn]] void refuse(std::string_view why) const {
    throw CLI::ConfigError(str_cat(line_, ": ", why));
  }
  // Passes over spaces and comments.
  void skip_spaces() {
    while (is_at(" \t\r#")) rest_.remove_prefix(rest_[0] == '#' ? length_before("\n") : 1);
  }
  // Passes over ends of lines, too.
  void skip_lines() {
    for (skip_spaces(); take('\n'); skip_spaces()) ++line_;
  }
  bool is_at_end() const { return rest_.empty(); }
  bool is_at(std::string_view characters) const {
    return !rest_.empty() && characters.find(rest_[0]) != std::string_view::npos;
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Takes the characters before one of `ends`.
  std::string take_until(std::string_view ends) {
    const std::string_view word = rest_.substr(0, length_before(ends));
    rest_.remove_prefix(word.size());
    return std::string(word);
  }
  // Takes a value that is no list.
  std::string take_value(std::string_view ends) {
    if (take('"')) return take_quoted('"');
    if (take('\'')) return take_quoted('\'');
    const std::string word = take_until(ends);
    if (word.empty()) refuse("expected a value");
    return word;
  }
  std::vector<std::string> take_list() {
    std::vector<std::string> values;
    for (skip_lines(); !take(']'); skip_lines()) {
      values.push_back(take_value(kEndsWordOfList));
      skip_lines();
      if (!take(',') && !is_at("]")) refuse("expected , or ] after a value of the list");
    }
    if (values.empty()) refuse("expected a list with at least one value");
    return values;
  }

 private:
  size_t length_before(std::string_view ends) const {
    return std::min(rest_.find_first_of(ends), rest_.size());
  }
  std::string take_quoted(char quote) {
    std::string text;
    while (!take(quote)) {
      if (rest_.empty() || rest_[0] == '\n')
        refuse(str_cat("a text lacks its second ", std::string(1, quote)));
      if (quote == '"' && rest_[0] == '\\') {
        rest_.remove_prefix(1);
        if (!is_at("\"\\")) refuse("expected \" or \\ after \\; a 'text' has no escapes");
      }
      text += rest_[0];
      rest_.remove_prefix(1);
    }
    return text;
  }

  std::string_view rest_;
  size_t line_ = 1;
};

CLI::ConfigItem take_item(Text& text) {
  if (text.is_at("[")) text.refuse("a file has no [sections]; expected FLAG = VALUE");
  CLI::ConfigItem item;
  item.name = dashed(text.take_until(kNoName));
  text.skip_spaces();
  if (item.name.empty() || !text.take('=')) {
    text.refuse("expected FLAG = VALUE, as in max-objects = 1000");
  }
  text.skip_spaces();
  if (text.take('[')) {
    item.inputs = text.take_list();
  } else {
    item.inputs.push_back(text.take_value(kEndsWord));
  }
  text.skip_spaces();
  if (!text.is_at_end() && !text.is_at("\n")) {
    text.refuse(str_cat(item.name, ": expected one value; one with spaces stands in quotes"));
  }
  return item;
}

// Refuses a flag that isn't for files, and values that it can't have.
void check(const CLI::ConfigItem& item, CLI::App& app, const Text& text) {
  CLI::Option* const option = app.get_option_no_throw("--" + item.name);
  if (option == nullptr) text.refuse(no_such_flag(app, item.name));
  if (!option->get_configurable()) {
    text.refuse(str_cat("--", item.name, " is for the command line, not for a file"));
  }
  if (item.inputs.size() > 1 &&
      option->get_multi_option_policy() != CLI::MultiOptionPolicy::TakeAll) {
    text.refuse(str_cat(item.name, ": expected one value, not a list"));
  }
  for (std::string value : item.inputs) {
    const std::string error = (*option->get_validator(0))(value);
    if (!error.empty()) text.refuse(str_cat(item.name, ": ", error));
  }
}

}  // namespace

std::vector<CLI::ConfigItem> ConfigFile::from_config(std::istream& file) const {
  const std::string contents{std::istreambuf_iterator<char>(file), {}};
  Text text(contents);
  std::vector<CLI::ConfigItem> flags;
  std::set<std::string> names;
  for (text.skip_lines(); !text.is_at_end(); text.skip_lines()) {
    CLI::ConfigItem item = take_item(text);
    check(item, app_, text);
    if (!names.insert(item.name).second) text.refuse(str_cat(item.name, " is there twice"));
    flags.push_back(std::move(item));
  }
  return flags;
}

}  // namespace syncmanager::manager
