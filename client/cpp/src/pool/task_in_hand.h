#pragma once

#include <syncmanager/answer.h>
#include <syncmanager/decoder.h>
#include <syncmanager/encoded_value.h>

#include <cstdint>
#include <exception>
#include <functional>
#include <string>

namespace syncmanager {

// A task that a worker has taken.
struct TaskInHand {
  uint64_t number;
  uint64_t attempt;
  const char* function;  // What it is called, and the function; both are the worker's.
  const std::function<void(Decoder&, ValueWriter&)>& call;
  Answer arguments;
};

// What became of a task.
struct DoneTask {
  uint64_t number;
  bool raised;
  std::string value;  // What the function returned or raised, encoded.
};

// Does the task in this thread (this_task). What its function throws is its result, but for
// Disconnected, which is thrown.
DoneTask perform(TaskInHand& task);
// A task that raised this.
DoneTask raised(uint64_t task, const std::exception& exception);

}  // namespace syncmanager
