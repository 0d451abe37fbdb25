#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace syncmanager {

// A task that a worker has taken and not finished.
struct TakenTask {
  uint64_t number;
  uint64_t attempt;
  const char* function;  // Its name. The worker owns the name and the function.
  const std::function<void(Decoder&, ValueWriter&)>& call;
  Answer arguments;
};

// The result of a task.
struct DoneTask {
  uint64_t number;
  bool raised;
  std::string value;  // The encoded value that the function returned, or its error.
};

// Does the task in this thread (this_task). An exception of its function is its result, except for
// Disconnected, which is thrown.
DoneTask perform(TakenTask& task);
// Returns the result of a task that raised this exception.
DoneTask raised(uint64_t task, const std::exception& exception);

}  // namespace syncmanager
