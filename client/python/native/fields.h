#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "client/python/native/session.h"
#include "client/python/native/values.h"

namespace syncmanager::python {

// The field of that name. Raises AttributeError if the message has none.
const google::protobuf::FieldDescriptor* field_of(const google::protobuf::Descriptor& message,
                                                  const std::string& name);
// Sets a field of a message of the wire from a Python object: a number, a boolean, a value, the
// text of a name; of a repeated field an iterable, of entries a mapping or pairs; of a message a
// mapping by its fields' names. `...` leaves it as it is, unless it is a value that can't be
// absent. Raises what the conversion does. Needs the GIL.
void set_field(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
               Handle value, const Session& session);
// The same for a value whose large buffers are lent. If it has such, it returns true: the field
// isn't set, and `encoded` is the value without what `lending` has.
bool lend_field(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field,
                Handle value, const Session& session, Lending& lending, std::string& encoded);
// Sets each by its name. Raises AttributeError for a name that the message doesn't have.
void set_fields(google::protobuf::Message& message, Handle fields, const Session& session);
// A message as a dict by its fields' names; bytes as text.
Object to_dict(const google::protobuf::Message& message);

}  // namespace syncmanager::python
