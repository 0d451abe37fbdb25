#pragma once

#include <syncmanager/answer.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/python/native/session.h"
#include "client/python/native/values.h"

namespace syncmanager::python {

// A value that is encoded already, for any field that takes a value: so that who hands it over
// hears at once if it can't travel. It keeps the objects that it refers to.
class EncodedValue {
 public:
  EncodedValue(Handle value, const Session& session, bool keyed);
  ~EncodedValue();
  EncodedValue(const EncodedValue&) = delete;
  EncodedValue& operator=(const EncodedValue&) = delete;

  const std::string& bytes() const { return bytes_; }
  const AboutEncoded& about() const { return about_; }

 private:
  AboutEncoded about_;                    // Set as bytes_ is made.
  std::vector<ReferencePtr> references_;  // The same.
  const std::string bytes_;
};

// A value that arrived among others and isn't decoded yet, so that one which can't be spoils none
// of the others.
class LazyValue {
 public:
  LazyValue(std::shared_ptr<Answer> answer, std::string bytes, std::shared_ptr<Session> session)
      : answer_(std::move(answer)), bytes_(std::move(bytes)), session_(std::move(session)) {}

  // Raises what decoding raises. One of decode() and call_each(), once, as it gives the session the
  // references in it.
  Object decode() const;
  // For any field that takes a value.
  const std::string& bytes() const { return bytes_; }
  // Whether it is a list, which of arguments is a chunk: several calls.
  bool is_chunk() const;
  // Calls `function` with each of a chunk; a list of what it returned. Each call's arguments are
  // there for that call only, and the memory of the last ones serves the next. Raises what decoding
  // and the function raise. REQUIRES: is_chunk().
  Object call_each(Handle function) const;

 private:
  std::shared_ptr<Answer> answer_;
  std::string bytes_;
  std::shared_ptr<Session> session_;
};

// The tasks that a worker took: a list of (task, function, arguments, attempt).
Object tasks_of(Answer& answer, const std::shared_ptr<Session>& session);
// The results that a submitter collected: a list of (ticket, kind, value, task, workers); no value:
// None.
Object results_of(Answer& answer, const std::shared_ptr<Session>& session);

// One call, with its arguments as they travel: a tuple or a dict is all of them (protos/README.md,
// "Pools"), anything else the only one.
Object call(Handle function, Handle arguments);
// Whether a tuple or a dict is among these.
bool has_calls(Handle items);

void bind_tasks(Handle module);

}  // namespace syncmanager::python
