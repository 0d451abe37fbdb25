#pragma once

#include <syncmanager/error.h>

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace syncmanager {

// Standard output didn't take all bytes: its disk is full, or it is closed.
class OutputFailed : public Error {
 public:
  explicit OutputFailed(int error);
  int error() const { return error_; }  // As errno.

 private:
  int error_;
};

// Opens those of descriptors 0 to 2 that are closed, so that no socket takes their place. Reading
// and writing them fails, and programs that are started don't have them.
void keep_standard_descriptors();

// Writes to standard output. Throws OutputFailed unless all of it was taken.
void print(std::string_view text);
// The same. Throws OutputFailed (EINTR) when `stop` becomes readable.
void print_until(int stop, std::string_view text);
// Writes the value as one line of ASCII.
void print_json(const nlohmann::json& value);

// Whether a person reads standard output.
bool is_terminal();
// The columns of a line of standard output; 0: not a terminal, and lines may have any length.
size_t columns();

}  // namespace syncmanager
