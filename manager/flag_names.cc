#include "manager/flag_names.h"

#include <algorithm>

#include "protos/support/str_cat.h"
#include "tools/command_line/spelling.h"

namespace syncmanager::manager {

std::string dashed(std::string_view name) {
  std::string dashes(name);
  std::replace(dashes.begin(), dashes.end(), '_', '-');
  return dashes;
}

std::string no_such_flag(const CLI::App& app, std::string_view name) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  }
  const std::string meant = nearest(dashed(name), names);
  const std::string hint = meant.empty() ? "" : str_cat(" (did you mean --", meant, "?)");
  return str_cat("there is no flag ", name.size() == 1 ? "-" : "--", name, hint);
}

std::vector<std::string> words_for(const CLI::App& app, int argc, const char* const* argv) {
  std::vector<std::string> words;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (!word.starts_with("--")) {
      words.push_back(word);
      continue;
    }
    const size_t equals = std::min(word.find('='), word.size());
    const std::string name = dashed(word.substr(0, equals));
    const CLI::Option* const option = app.get_option_no_throw(name);
    if (option == nullptr || option->get_items_expected_max() == 0) {
      if (option != nullptr && word.ends_with('=')) {
        throw CLI::ValidationError(name, "expected true or false, not \"\"");
      }
      words.push_back(name + word.substr(equals));
      continue;
    }
    words.push_back(name);
    if (equals < word.size()) {
      words.push_back(word.substr(equals + 1));
    } else if (++i < argc) {
      words.emplace_back(argv[i]);
    }
  }
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace syncmanager::manager
