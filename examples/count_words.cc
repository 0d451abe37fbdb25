// Workers in C++ for submitters in any language, which end with their standard input:
//
//   count_words URL KEY_FILE NUMBER
//
// They count the words of files; examples/python/word_count.py feeds them.

#include <syncmanager/workers.h>

#include <cctype>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>

// Words are letters, and letters only; small and capital ones are the same.
std::map<std::string, int64_t> count_words(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + path);
  std::map<std::string, int64_t> counts;
  std::string word;
  for (auto next = std::istreambuf_iterator<char>(file); next != std::istreambuf_iterator<char>();
       ++next) {
    const auto letter = static_cast<unsigned char>(*next);
    if (std::isalpha(letter) != 0) {
      word += static_cast<char>(std::tolower(letter));
    } else if (!word.empty()) {
      ++counts[word];
      word.clear();
    }
  }
  if (!word.empty()) ++counts[word];
  return counts;
}

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "count_words URL KEY_FILE NUMBER\n";
    return 2;
  }
  syncmanager::Workers workers(
      std::stoul(argv[3]), "words",
      [](syncmanager::Worker& worker) { worker.add("count_words", count_words); },
      {.url = argv[1], .client = {.key_file = argv[2]}});
  std::cin.ignore(std::numeric_limits<std::streamsize>::max());
}
