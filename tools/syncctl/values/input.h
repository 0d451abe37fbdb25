#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/syncctl/values/shell_value.h"

namespace syncmanager {

// How the contents of standard input or of a file become values.
enum class Split {
  kBySource,  // Standard input by lines, a file as a whole.
  kLines,     // Each line is a value.
  kNull,      // Each part that a NUL ends is a value, as find -print0 writes them.
  kWhole,     // All of it is one value.
};

// How the words of a command line are values.
struct Reading {
  As as = As::kText;
  Split split = Split::kBySource;
  bool literal = false;  // A word is itself, even if it is - or begins with @.
};

// The parts of an open file, which are read as they are asked for.
class FileParts {
 public:
  // Reads `file` and closes it at the end. `stop`: a descriptor that is readable when nothing more
  // is to be read; -1: none. REQUIRES: `split` is not kBySource.
  FileParts(int file, Split split, int stop) : file_(file), split_(split), stop_(stop) {}
  ~FileParts();
  FileParts(const FileParts&) = delete;
  FileParts& operator=(const FileParts&) = delete;

  // Blocks until there is a part, and returns it without its end. Returns nothing at the end of the
  // file, and at a stop. Throws Error if the file can't be read.
  std::optional<std::string> next();

 private:
  void fill();
  std::string take_until(size_t end, size_t length_of_end);

  const int file_;
  const Split split_;
  const int stop_;
  std::string buffer_;
  size_t taken_ = 0;     // How much of the buffer was returned.
  size_t searched_ = 0;  // How much of the buffer has no end of a part.
  bool ended_ = false;
  bool stopped_ = false;
  size_t parts_ = 0;  // The parts that were returned.
};

// The values that words stand for, one after the other: "-" is standard input, "@FILE" is the file,
// and every other word is itself. A file that is one text, number or JSON value may have a line
// break at its end, which isn't a part of the value.
class Input {
 public:
  // `stop` as FileParts has it.
  Input(std::vector<std::string> words, const Reading& reading, int stop)
      : words_(std::move(words)), reading_(reading), stop_(stop) {}

  // Returns the next value; nothing at the end, and at a stop. Throws InvalidArgument, which names
  // the value's place, if it can't be read as a value; Error if a file can't be read.
  std::optional<ShellValue> next();

 private:
  void open(const std::string& word);
  ShellValue read(std::string_view part);

  const std::vector<std::string> words_;
  const Reading reading_;
  const int stop_;
  size_t next_word_ = 0;
  std::optional<FileParts> file_;  // The one that is being read.
  std::string place_;              // Its name.
  Split split_ = Split::kWhole;    // How it is read.
  size_t count_ = 0;               // The values that were read from it.
};

}  // namespace syncmanager
