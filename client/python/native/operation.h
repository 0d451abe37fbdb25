#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "client/python/native/pending.h"
#include "client/python/native/session.h"
#include "client/python/native/values.h"
#include "protos/request.pb.h"

namespace syncmanager::python {

// One operation of the wire, by its names in protos/*.proto, and how Python hears of its outcomes:
//
//   get = Operation("queue.get", on_timeout=queue.Empty)
//   item = get(proxy, 0.5)
//
// The subject of a call is a proxy or a Reference.
//
// `fields` are those of the operation's message that a call fills in, in the order of its
// arguments: a `bytes` field takes any Python value unless it holds text (a name, a typecode, a
// key against doubles); a repeated field takes an iterable, of entries a mapping. `...` leaves a
// field out. `on_timeout` is what a call that isn't served in time does: an exception class is
// raised, anything else returned. If it is False the operation returns True when it is served in
// time and brings no value. If `as_delivery`, it returns an item, its HeldDelivery and the number
// of its deliveries. If `raw`, the result is a LazyValue, or one for each value of a page.
//
// `Translation` refuses a value that only Python can compare with NeedsEquality. Then
// `by_equality(operation, subject, timeout, *arguments)` of `syncmanager._session.equality` makes
// the call.
class Operation {
 public:
  Operation(const std::string& name, const std::vector<std::string>& fields, Object on_timeout,
            bool as_delivery, bool raw);

  // Waits, without the GIL, `timeout` seconds at most (None: for ever), and returns the result. A
  // signal's Python code runs meanwhile; if it raises, the call is cancelled and what it was given
  // goes back. If the subject's reference is `via` something, that performs the call.
  Object call(Handle subject, Handle timeout, Arguments arguments) const;
  // The same without waiting. `caller`: whose call it is; 0: this thread's.
  ObjectOf<Pending> start(Handle subject, Handle timeout, uint64_t caller,
                          const std::shared_ptr<Completions>& completions,
                          Arguments arguments) const;

  // As Python names it: "queue.get".
  std::string name() const;

  // Turns an answer into its Python object, or raises.
  Object result(Answer& answer, const SharedReference& reference, const Object& key) const;

 private:
  using Descriptor = google::protobuf::FieldDescriptor;

  // The call, and its encoded request, to which `lending` lends, unless that is null.
  std::unique_ptr<AsyncCall> prepare(const ReferencePtr& reference, const Session& session,
                                     Handle timeout, uint64_t caller, Arguments arguments,
                                     EncodedMessage& encoded, Lending* lending) const;
  // The object that a failure's message names.
  ReferencePtr subject(const ReferencePtr& reference, Arguments arguments) const;

  const std::string name_;
  const Descriptor* type_;
  const Descriptor* method_;
  std::vector<const Descriptor*> fields_;
  Object on_timeout_;
  bool as_delivery_;
  bool raw_;
  bool opens_;  // Finds or makes an object.
};

}  // namespace syncmanager::python
