#include "client/cpp/src/pool/taken_task.h"

#include <cxxabi.h>
#include <syncmanager/error.h>
#include <syncmanager/worker.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string_view>
#include <typeinfo>
#include <utility>

#include "absl/strings/str_format.h"
#include "client/cpp/src/session/ask.h"
#include "protos/support/utf8.h"

namespace syncmanager {
namespace {

constexpr size_t kMaxWords = 64 * 1024;  // Bytes.

// The task that this thread is doing.
thread_local const TakenTask* current = nullptr;

class CurrentTask {
 public:
  explicit CurrentTask(const TakenTask& task) : outer_(std::exchange(current, &task)) {}
  ~CurrentTask() { current = outer_; }
  CurrentTask(const CurrentTask&) = delete;
  CurrentTask& operator=(const CurrentTask&) = delete;

 private:
  const TakenTask* const outer_;
};

std::string name_of(const std::type_info* type) {
  if (type == nullptr) return "exception";
  int status = 0;
  char* const demangled = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? demangled : type->name();
  std::free(demangled);
  return name;
}

// An exception's words as a text that can be sent: a byte that isn't part of UTF-8 becomes \xNN,
// and what is beyond kMaxWords is left out.
std::string text_of(std::string_view words) {
  std::string text;
  while (!words.empty() && text.size() < kMaxWords) {
    const std::string_view before = words;
    if (take_code_point(words)) {
      text += before.substr(0, before.size() - words.size());
    } else {
      absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(before.front()));
      words.remove_prefix(1);
    }
  }
  if (!words.empty()) absl::StrAppendFormat(&text, " ... %d bytes are left out", words.size());
  return text;
}

// The result of a task that raised.
std::string exception(const std::string& type, std::string_view message) {
  return encode(std::map<std::string, std::string>{
      {"type", type}, {"message", text_of(message)}, {"traceback", ""}});
}

void call_once(const TakenTask& task, Decoder& decoder, ValueWriter& writer) {
  if (decoder.reader().kind() == Kind::kDict) {
    decoder.reject("a dict of keywords; a function in C++ takes a tuple of arguments by position");
  }
  task.call(decoder, writer);
}

// In a chunk a call's only argument may come without a tuple.
void call_of_chunk(const TakenTask& task, Decoder& decoder, ValueWriter& writer) {
  const std::optional<Kind> kind = decoder.reader().kind();
  if (kind == Kind::kTuple || kind == Kind::kDict) return call_once(task, decoder, writer);
  const std::optional<std::string_view> argument = decoder.reader().encoded();
  if (!argument) decoder.fail("a call");
  ValueWriter arguments;
  arguments.begin_tuple(1).encoded(*argument);
  Answer alone = Answer::of(task.arguments.reference(), task.function, arguments.view());
  alone.read([&](Decoder& only) { task.call(only, writer); });
}

// One call, or each call of a chunk.
std::string value_of(TakenTask& task) {
  return task.arguments.read([&](Decoder& decoder) {
    ValueWriter writer;
    if (const auto calls = decoder.reader().begin(Kind::kList)) {
      writer.begin_list(*calls);
      for (uint64_t left = *calls; left > 0; --left) call_of_chunk(task, decoder, writer);
    } else {
      call_once(task, decoder, writer);
    }
    return writer.take();
  });
}

}  // namespace

DoneTask perform(TakenTask& task) {
  const CurrentTask current_task(task);
  try {
    return {task.number, false, value_of(task)};
  } catch (const std::exception& thrown) {
    return raised(task.number, thrown);
  } catch (...) {
    return {task.number, true, exception(name_of(abi::__cxa_current_exception_type()), "")};
  }
}

DoneTask raised(uint64_t task, const std::exception& thrown) {
  return {task, true, exception(name_of(&typeid(thrown)), thrown.what())};
}

uint64_t this_task::attempt() { return current == nullptr ? 0 : current->attempt; }

void this_task::progress_encoded(std::string_view value) {
  const ReferencePtr& pool = current->arguments.reference();
  const Answer answer = ask(pool, "progress", Timeout::never(), [&](wire::Request& request) {
    wire::PoolOp::Progress& progress = *request.mutable_pool()->mutable_progress();
    progress.set_task(current->number);
    progress.set_value(value.data(), value.size());
  });
  // Another worker may have done it meanwhile (TaskOptions::rerun_after).
  if (answer.outcome() != wire::BAD_VALUE) answer.require();
}

}  // namespace syncmanager
