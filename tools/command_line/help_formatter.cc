#include "tools/command_line/help_formatter.h"

#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

namespace syncmanager {
namespace {

constexpr size_t kColumns = 80;
constexpr std::string_view kGap = "  ";  // Before a name, and between it and its description.

bool stays_as_it_is(std::string_view line) {
  return line.empty() || line.starts_with(kGap) || line.starts_with('$');
}

// Appends the line, indented; an empty line gets no spaces.
void append_line(std::string& text, size_t indentation, std::string_view line) {
  if (!line.empty()) text.append(indentation, ' ').append(line);
  text += '\n';
}

// Wraps the paragraphs of the text to kColumns columns, of which the first ones are left empty.
std::string wrap(const std::string& text, size_t indentation) {
  std::string wrapped, line;
  const auto end_line = [&] {
    if (!line.empty()) append_line(wrapped, indentation, line);
    line.clear();
  };
  std::istringstream lines(text);
  for (std::string source; std::getline(lines, source);) {
    if (stays_as_it_is(source)) {
      end_line();
      append_line(wrapped, indentation, source);
      continue;
    }
    std::istringstream words(source);
    for (std::string word; words >> word;) {
      if (indentation + line.size() + 1 + word.size() > kColumns) end_line();
      line += (line.empty() ? "" : " ") + word;
    }
  }
  end_line();
  return wrapped;
}

// A name and its description, which begins in that column.
std::string entry(const std::string& name, const std::string& description, size_t column) {
  const std::string left = std::string(kGap) + name;
  const std::string right = wrap(description, column);
  if (right.empty()) return left + "\n";
  if (left.size() + kGap.size() > column) return left + "\n" + right;
  return left + right.substr(left.size());
}

std::string all_names(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return CLI::detail::join(names, ", ");
}

bool takes_many(const CLI::Option& option) {
  return option.get_expected_max() >= CLI::detail::expected_max_vector_size;
}

std::string names_of(const std::set<CLI::Option*>& options) {
  return CLI::detail::join(
      options, [](const CLI::Option* option) { return option->get_name(); }, ", ");
}

// Returns what CLI11 knows of the option and its description doesn't say; empty if there is none.
std::string notes_on(const CLI::Option& option) {
  std::vector<std::string> notes;
  const auto note = [&](const char* what, const std::string& value) {
    if (!value.empty()) notes.push_back(what + value);
  };
  note("default: ", option.get_default_str());
  note("environment: ", option.get_envname());
  note("needs ", names_of(option.get_needs()));
  note("not with ", names_of(option.get_excludes()));
  return notes.empty() ? "" : "(" + CLI::detail::join(notes, "; ") + ")";
}

}  // namespace

std::string HelpFormatter::make_help(const CLI::App* app, std::string name,
                                     CLI::AppFormatMode mode) const {
  std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
  // CLI11 puts an empty line before and after each part.
  for (size_t i; (i = help.find("\n\n\n")) != std::string::npos;) help.erase(i, 1);
  while (help.ends_with("\n\n")) help.pop_back();
  return help;
}

std::string HelpFormatter::make_description(const CLI::App* app) const {
  return wrap(CLI::Formatter::make_description(app), 0) + "\n";
}

std::string HelpFormatter::make_usage(const CLI::App* app, std::string name) const {
  return wrap(CLI::Formatter::make_usage(app, std::move(name)), 0);
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  return wrap(app->get_footer(), 0);
}

std::string HelpFormatter::make_subcommand(const CLI::App* command) const {
  return entry(command->get_display_name(true), command->get_description(), column_width_);
}

std::string HelpFormatter::make_option(const CLI::Option* option, bool is_positional) const {
  std::string name = is_positional ? option->get_name(true) : all_names(*option);
  const bool has_value = option->get_type_size() != 0 && option->get_items_expected_max() != 0;
  if (!is_positional && has_value) name += " " + get_label(option->get_type_name());
  if (takes_many(*option)) name += "...";
  const std::string notes = notes_on(*option);
  std::string description = option->get_description();
  if (!description.empty() && !notes.empty()) description += ' ';
  return entry(name, description + notes, column_width_);
}

}  // namespace syncmanager
