#include "client/python/native/tasks.h"

#include <syncmanager/decoder.h>
#include <syncmanager/worker_policy.h>

#include <chrono>

#include "client/cpp/src/session/extension.h"
#include "client/python/native/class.h"
#include "client/python/native/values.h"
#include "client/python/native/without_gil.h"
#include "protos/pool.pb.h"

namespace syncmanager::python {
namespace {

std::string encode_kept(Handle value, const Session& session, Purpose purpose, AboutEncoded& about,
                        std::vector<ReferencePtr>& references) {
  KeptReferences kept;
  std::string bytes = encode(value, session, purpose, &about);
  references = kept.take();
  return bytes;
}

}  // namespace

EncodedValue::EncodedValue(Handle value, const Session& session, bool keyed)
    : bytes_(encode_kept(value, session, keyed ? Purpose::kStored : Purpose::kMoved, about_,
                         references_)) {}

EncodedValue::~EncodedValue() {
  if (references_.empty()) return;
  const WithoutGil waiting;  // The last reference may end its current.
  references_.clear();
}

Object LazyValue::decode() const {
  Decoder decoder = answer_->decoder(bytes_);
  return syncmanager::python::decode(decoder, session_);
}

bool LazyValue::is_chunk() const { return ValueReader(bytes_).kind() == Kind::kList; }

Object LazyValue::call_each(Handle function) const {
  Decoder decoder = answer_->decoder(bytes_);
  const uint64_t calls = decoder.reader().begin(Kind::kList).value();
  Object results = steal(PyList_New(0));
  decode_each(decoder, calls, session_,
              [&](Handle arguments) { append(results, call(function, arguments)); });
  return results;
}

Object tasks_of(Answer& answer, const std::shared_ptr<Session>& session) {
  auto list = result_of<wire::TaskList>(answer);
  const auto shared = std::make_shared<Answer>(std::move(answer));
  Object tasks = steal(PyList_New(0));
  for (wire::TaskList::Taken& task : *list.mutable_tasks()) {
    const auto arguments = make<LazyValue>(shared, std::move(*task.mutable_arguments()), session);
    append(tasks, tuple_of(task.task(), task.function(), arguments, task.attempt()));
  }
  return tasks;
}

Object results_of(Answer& answer, const std::shared_ptr<Session>& session) {
  auto list = result_of<wire::TaskResults>(answer);
  const auto shared = std::make_shared<Answer>(std::move(answer));
  Object results = steal(PyList_New(0));
  for (wire::TaskResults::Result& result : *list.mutable_results()) {
    Object value = Object(Py_None);
    if (!result.value().empty()) {
      value = make<LazyValue>(shared, std::move(*result.mutable_value()), session);
    }
    const Object workers = steal(PyList_New(0));
    for (const std::string& worker : result.workers()) append(workers, to_python(worker));
    append(results, tuple_of(result.ticket(), static_cast<int>(result.kind()), value, result.task(),
                             workers));
  }
  return results;
}

Object call(Handle function, Handle arguments) {
  if (PyTuple_CheckExact(arguments.get())) {
    return steal(PyObject_Call(function.get(), arguments.get(), nullptr));
  }
  if (!PyDict_CheckExact(arguments.get())) {
    return function(arguments);
  }
  const Object positional = steal(PySequence_Tuple(arguments.attr("pop")("").get()));
  return steal(PyObject_Call(function.get(), positional.get(), arguments.get()));
}

bool has_calls(Handle items) {
  bool found = false;
  for_each(items, [&](Handle item) {
    found = found || PyTuple_CheckExact(item.get()) || PyDict_CheckExact(item.get());
  });
  return found;
}

void bind_tasks(Handle module) {
  using Seconds = std::chrono::duration<double>;
  Class<WorkerPolicy>("syncmanager._native.WorkerPolicy")
      .static_method<[](uint64_t done, double seconds) {
        return WorkerPolicy::next_batch(
            done, std::chrono::duration_cast<WorkerPolicy::Duration>(Seconds(seconds)));
      }>("next_batch")
      .constant("REPORT_AFTER", Seconds(WorkerPolicy::kReportAfter).count())
      .constant("GIVE_BACK_AFTER", Seconds(WorkerPolicy::kGiveBackAfter).count())
      .add_to(module);
  Class<EncodedValue>("syncmanager._native.EncodedValue")
      .constructor<[](Handle value, const Session& session, bool keyed) {
        return EncodedValue(value, session, keyed);
      }>("OO|O:EncodedValue", {"value", "session", "keyed"})
      .property<[](const EncodedValue& self) { return self.about().elements; }>("elements")
      .property<[](const EncodedValue& self) { return self.about().ordered; }>("ordered")
      .length([](PyObject* self) {
        return static_cast<Py_ssize_t>(value_in<EncodedValue>(self).bytes().size());
      })
      .add_to(module);
  Class<LazyValue>("syncmanager._native.LazyValue")
      .method<&LazyValue::decode>("decode")
      .method<&LazyValue::is_chunk>("is_chunk")
      .method<&LazyValue::call_each>("call_each")
      .add_to(module);
}

}  // namespace syncmanager::python
