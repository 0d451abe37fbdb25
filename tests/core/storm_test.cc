// Random requests of every type against tiny limits: whatever a client can write into a frame, in
// any order, with sessions that leave and are killed, objects deleted under their users, cancels,
// ticks and a drain. Requests are put together by reflection, so an operation that is added takes
// part by itself.
//
// After each input the Engine's figures must equal a recount. The stage expects that each request
// is either parked or answered, once, that nothing is left in the end, and that the same inputs
// lead to the same output and the same state.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <iterator>
#include <limits>
#include <random>

#include "tests/support/stage.h"

namespace syncmanager {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr Limits kTiny = {.value_bytes = 1'500,
                          .value_depth = 4,
                          .value_elements = 20,
                          .objects = 40,
                          .anonymous_per_session = 6,
                          .object_bytes = 3'000,
                          .total_bytes = 20'000,
                          .sessions = 8,
                          .parked_per_session = 6,
                          .parked_total = 25,
                          .unacknowledged_bytes = 6'000,
                          .page_bytes = 300,
                          .readers = 3};

// What the Engine charges for a parked call beside its encoded request.
constexpr uint64_t kParkedBytes = sizeof(Waiter) + 256;

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t bound) { return random_() % bound; }
  bool percent(uint64_t chance) { return below(100) < chance; }

  // Small as a rule, now and then at an end of its range.
  template <typename T>
  T number() {
    if (percent(3)) return std::numeric_limits<T>::max();
    if (percent(3)) return std::numeric_limits<T>::min();
    return static_cast<T>(below(6)) - static_cast<T>(percent(20) ? 2 : 0);
  }

 private:
  std::mt19937_64 random_;
};

// Writes requests at random.
class Pen {
 public:
  Pen(Dice& dice, Engine& engine) : dice_(dice), engine_(engine) {}

  void fill(Message& message);
  // Any id: given, gone, to come, or 0.
  ObjectId object() { return dice_.below(last_id() + 3); }

 private:
  ObjectId last_id() const {
    const auto& objects = engine_.registry().objects();
    return objects.empty() ? 0 : objects.rbegin()->first;
  }
  void fill(Message& message, const FieldDescriptor& field);
  std::string bytes(const FieldDescriptor& field);
  void write_value(ValueWriter& writer, int depth);

  Dice& dice_;
  Engine& engine_;
};

void Pen::fill(Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const auto& oneof = *type.oneof_decl(i);
    const auto choice = static_cast<int>(dice_.below(static_cast<uint64_t>(oneof.field_count())));
    fill(message, *oneof.field(choice));
  }
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.real_containing_oneof() != nullptr) continue;
    const uint64_t times = field.is_repeated() ? dice_.below(4) : dice_.percent(60) ? 1 : 0;
    for (uint64_t n = 0; n < times; ++n) fill(message, field);
  }
}

void Pen::fill(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  const bool names_object = field.name() == "object" || field.name() == "lock";
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return fill(field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                      : *reflection.MutableMessage(&message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return field.is_repeated() ? reflection.AddString(&message, &field, bytes(field))
                                 : reflection.SetString(&message, &field, bytes(field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field,
                                  names_object ? object() : dice_.number<uint64_t>());
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(&message, &field, dice_.number<int64_t>());
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(&message, &field, dice_.percent(30));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(&message, &field, static_cast<int>(dice_.below(5)));
    default:
      FAIL() << "no number of this type was in a request before: " << field.full_name();
  }
}

std::string Pen::bytes(const FieldDescriptor& field) {
  if (field.name() == "name" || field.name() == "prefix") {
    return dice_.percent(40) ? "" : "name" + std::to_string(dice_.below(8));
  }
  if (field.name() == "typecode") return dice_.percent(90) ? "i" : "ii";
  if (dice_.percent(2)) return std::string(dice_.below(40), static_cast<char>(dice_.below(256)));
  ValueWriter writer;
  write_value(writer, 0);
  return writer.take();
}

void Pen::write_value(ValueWriter& writer, int depth) {
  const uint64_t elements = dice_.below(3);
  switch (dice_.below(depth < 5 ? 11 : 7)) {
    case 0:
      return void(writer.none());
    case 1:
      return void(writer.boolean(dice_.percent(50)));
    case 2:
      return void(writer.real(static_cast<double>(dice_.below(8)) / 2));
    case 3:
      return void(writer.text(std::string(dice_.below(dice_.percent(5) ? 2'000 : 8), 'x')));
    case 4:
      return void(writer.reference(object(), "list"));
    case 5:
    case 6:
      return void(writer.integer(dice_.number<int64_t>()));
    case 7:
      writer.begin_list(elements);
      break;
    case 8:
      writer.begin_tuple(elements);
      break;
    case 9:
      writer.begin_frozenset(elements);
      break;
    default:
      writer.begin_dict(1);
      write_value(writer, depth + 1);
      return write_value(writer, depth + 1);
  }
  for (uint64_t i = 0; i < elements; ++i) write_value(writer, depth + 1);
}

class Storm {
 public:
  explicit Storm(uint64_t seed) : dice_(seed) {}

  void step() {
    if (actors_.empty() || (actors_.size() < kTiny.sessions && dice_.percent(5))) {
      return actors_.push_back(stage_.actor());
    }
    const uint64_t dice = dice_.below(1000);
    if (dice < 80) return stage_.advance(std::chrono::milliseconds(dice_.below(40)));
    const auto actor = actors_.begin() + static_cast<std::ptrdiff_t>(dice_.below(actors_.size()));
    if (dice >= 100) return send(*actor);
    dice_.percent(50) ? actor->die() : actor->leave();
    actors_.erase(actor);
  }

  // Nobody new may come or wait after this.
  void drain() {
    stage_.start_drain(1s);
    for (int i = 0; i < 100 && !actors_.empty(); ++i) send(actors_[dice_.below(actors_.size())]);
    stage_.end_drain();
    EXPECT_EQ(stage_.engine().parked(), 0u);
  }

  // The Engine's figures against a recount.
  void check() {
    Engine& engine = stage_.engine();
    std::map<ObjectId, uint64_t> users;
    for (const Actor& actor : actors_) {
      const Session& session = *engine.session(actor.session());
      EXPECT_LE(session.anonymous_objects, kTiny.anonymous_per_session);
      for (const auto& [id, handle] : session.handles()) {
        ++users[id];
        EXPECT_EQ(engine.registry().find(id), handle.object);
      }
    }
    uint64_t bytes = 0;
    uint64_t parked = 0;
    for (const auto& [id, object] : engine.registry().objects()) {
      bytes += object->bytes() + parked_bytes(*object);
      parked += object->parked();
      EXPECT_GE(object->references(), users[id] + object->parked());
      EXPECT_LE(object->bytes(), kTiny.object_bytes);
    }
    EXPECT_EQ(engine.statistics().bytes(), bytes);
    EXPECT_EQ(engine.parked(), parked);
    EXPECT_LE(engine.parked(), kTiny.parked_total);
    EXPECT_LE(engine.registry().objects().size(), kTiny.objects);
  }

 private:
  static uint64_t parked_bytes(const Object& object) {
    uint64_t bytes = 0;
    for (const WaitList* list : object.wait_lists()) {
      for (const Waiter* waiter = list->first(); waiter != nullptr; waiter = waiter->next) {
        bytes += waiter->call.request().ByteSizeLong() + kParkedBytes;
      }
    }
    return bytes;
  }

  // A frame: some requests, perhaps a cancel, as a rule an acknowledgement.
  void send(const Actor& actor) {
    const Session& session = *stage_.engine().session(actor.session());
    wire::ClientBatch batch;
    for (uint64_t left = dice_.below(4); left > 0; --left) {
      wire::Request& request = *batch.add_requests();
      write(request, session);
      request.set_id(stage_.next_request(actor.session()));
    }
    if (dice_.percent(25) && !session.parked().empty()) {
      batch.add_cancels(session.parked().begin()->first);
    }
    if (dice_.percent(5)) batch.add_cancels(dice_.number<uint64_t>());
    if (dice_.percent(80)) batch.set_acknowledged(session.emitted());
    actor.send(batch);
  }

  void write(wire::Request& request, const Session& session) {
    Pen pen(dice_, stage_.engine());
    request.set_caller(dice_.below(3));
    if (dice_.percent(50)) request.set_timeout_us(dice_.percent(30) ? 0 : dice_.below(60'000));
    const Object* object = known(session);
    if (object == nullptr || dice_.percent(20)) return pen.fill(*request.mutable_registry());
    request.set_object(dice_.percent(97) ? object->id() : pen.object());
    const FieldDescriptor& op =
        *wire::Request::descriptor()->FindFieldByNumber(static_cast<int>(object->row().op));
    pen.fill(*request.GetReflection()->MutableMessage(&request, &op));
  }

  // One of the objects that a session has; null if it has none.
  const Object* known(const Session& session) {
    if (session.handles().empty()) return nullptr;
    const auto& objects = stage_.engine().registry().objects();
    const uint64_t from = dice_.below(objects.rbegin()->first + 1);
    for (auto next = objects.lower_bound(from); next != objects.end(); ++next) {
      if (session.find(next->first) != nullptr) return next->second.get();
    }
    return nullptr;
  }

  Dice dice_;
  Stage stage_{kTiny};
  std::vector<Actor> actors_;
};

class StormTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(StormTest, LeavesNothingBehindAndEveryFigureRight) {
  Storm storm(GetParam());
  for (int step = 0; step < 10'000 && !HasFailure(); ++step) {
    SCOPED_TRACE(step);
    storm.step();
    storm.check();
  }
  if (GetParam() % 4 == 0) storm.drain();
}

INSTANTIATE_TEST_SUITE_P(Seeds, StormTest, ::testing::Range<uint64_t>(1, 21));

}  // namespace
}  // namespace syncmanager
