#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <syncmanager/encoded_value.h>

#include <string>

#include "manager/core/engine.h"
#include "tests/support/dice.h"

namespace syncmanager::manager {

// Fills requests with random content: anything that a client can write into a frame. It works by
// reflection, so a new operation takes part without a line here.
class RandomRequest {
 public:
  RandomRequest(Dice& dice, Engine& engine) : dice_(dice), engine_(engine) {}

  void fill(google::protobuf::Message& message);
  // Returns any object's id: one in use, a former one, a future one, or 0.
  ObjectId object() { return dice_.below(last_id() + 3); }

 private:
  ObjectId last_id() const;
  void fill(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field);
  uint64_t number(const google::protobuf::FieldDescriptor& field);
  std::string bytes(const google::protobuf::FieldDescriptor& field);
  void write_value(ValueWriter& writer, int depth);

  Dice& dice_;
  Engine& engine_;
};

}  // namespace syncmanager::manager
