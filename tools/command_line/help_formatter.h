#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace syncmanager {

// Lays out the --help of a program in lines of at most 80 columns, which CLI11's own formatter
// doesn't do. Set it before subcommands are added, because they inherit it when they are made:
//
//   app.formatter(std::make_shared<HelpFormatter>());
//
// Descriptions and the footer are texts of paragraphs. Neighbouring lines are one paragraph, and it
// is wrapped anew. An empty line ends a paragraph. A line that begins with two spaces or a $ stays
// as it is, however long. So does a word that is longer than a line.
//
// A description begins in the column that column_width() sets (30 without it); if the name before
// it is too long, it begins on the next line. The default value of an option, its environment
// variable, and the options that it needs or excludes follow the description in parentheses. A
// default value is shown as Option::default_str() or capture_default_str() have set it.
class HelpFormatter : public CLI::Formatter {
 public:
  // Returns the whole help of `app`, without double empty lines; it ends with a newline. `name` is
  // the program and the commands before `app`.
  std::string make_help(const CLI::App* app, std::string name,
                        CLI::AppFormatMode mode) const override;
  // Each returns that part of the help, wrapped.
  std::string make_description(const CLI::App* app) const override;
  std::string make_usage(const CLI::App* app, std::string name) const override;
  std::string make_footer(const CLI::App* app) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
};

}  // namespace syncmanager
