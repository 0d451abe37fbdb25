#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <syncmanager/encoded_value.h>

#include <string>

#include "manager/core/engine.h"
#include "tests/support/dice.h"

namespace syncmanager::manager {

// Writes requests as the dice fall: whatever a client can write into a frame. They are put together
// by reflection, so an operation that is added takes part by itself.
class Pen {
 public:
  Pen(Dice& dice, Engine& engine) : dice_(dice), engine_(engine) {}

  void fill(google::protobuf::Message& message);
  // Any id: given, gone, to come, or 0.
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
