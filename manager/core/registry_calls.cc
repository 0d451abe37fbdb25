#include "manager/core/registry_calls.h"

#include <utility>

#include "manager/core/engine.h"
#include "manager/core/names.h"
#include "protos/support/str_cat.h"

namespace syncmanager::manager {
namespace {

// How many objects one reply of List names.
constexpr int kListPage = 1000;

wire::Outcome outcome_of(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
      return wire::RESOURCE_EXHAUSTED;
    case absl::StatusCode::kPermissionDenied:
      return wire::PERMISSION_DENIED;
    case absl::StatusCode::kNotFound:
      return wire::NO_SUCH_OBJECT;
    case absl::StatusCode::kOutOfRange:
      return wire::BAD_VALUE;
    default:
      return wire::INVALID_ARGUMENT;
  }
}

// A session that has a reference to an object without a name may touch it.
absl::Status may_touch(const Session& session, const Object& object) {
  if (object.name().empty() && session.find(object.id()) != nullptr) return absl::OkStatus();
  return check_prefix(object.place(), session.prefix());
}

}  // namespace

void RegistryCalls::perform(Call call) {
  switch (call.request().registry().method_case()) {
    case wire::RegistryOp::kOpen:
      return open(std::move(call));
    case wire::RegistryOp::kAdopt:
      return adopt(std::move(call));
    case wire::RegistryOp::kSend:
      return send(std::move(call));
    case wire::RegistryOp::kForget:
      return forget(std::move(call));
    case wire::RegistryOp::kDelete:
      return remove(std::move(call));
    case wire::RegistryOp::kList:
      return list(std::move(call));
    case wire::RegistryOp::kInspect:
      return inspect(std::move(call));
    case wire::RegistryOp::kStats:
      return stats(std::move(call));
    case wire::RegistryOp::kPing:
      return call.reply();
    case wire::RegistryOp::METHOD_NOT_SET:
      break;
  }
  call.refuse(wire::INVALID_ARGUMENT, "no operation of the registry");
}

absl::Status RegistryCalls::check_granted(const Call& call, const std::string& name) const {
  const absl::Status status = check_name(name, engine_.limits());
  return status.ok() ? check_prefix(name, call.session().prefix()) : status;
}

void RegistryCalls::open(Call call) {
  wire::RegistryOp::Open& options = *call.request().mutable_registry()->mutable_open();
  if (!options.name().empty()) {
    const absl::Status status = check_granted(call, options.name());
    if (!status.ok()) return call.refuse(outcome_of(status), status);
    if (Object* object = engine_.registry().find(options.name())) {
      return open_existing(std::move(call), *object);
    }
  }
  if (options.must_exist()) {
    return call.refuse(wire::NO_SUCH_OBJECT,
                       str_cat("there is no object named \"", options.name(), "\""));
  }
  const absl::StatusOr<Object*> made = make(call, options);
  if (!made.ok()) return call.refuse(outcome_of(made.status()), made.status());
  if (!(*made)->fill(call, options)) return engine_.delete_object(**made);
  reply_opened(std::move(call), **made, true);
}

void RegistryCalls::open_existing(Call call, Object& object) {
  const wire::RegistryOp::Open& options = call.request().registry().open();
  const bool typed = options.type_case() != wire::RegistryOp::Open::TYPE_NOT_SET;
  if (typed && options.type_case() != object.row().options) {
    const TypeRow* wanted = row(options);
    return call.refuse(wire::WRONG_TYPE, str_cat("\"", object.name(), "\" is a ", object.row().name,
                                                 ", not a ", wanted ? wanted->name : "known type"));
  }
  if (typed && !object.same_shape(options)) {
    wire::ObjectState state;
    object.describe(state);
    return call.refuse(wire::WRONG_TYPE, str_cat("\"", object.name(),
                                                 "\" exists with other options: ", state.detail()));
  }
  reply_opened(std::move(call), object, false);
}

absl::StatusOr<Object*> RegistryCalls::make(Call& call, wire::RegistryOp::Open& options) {
  const Limits& limits = engine_.limits();
  const TypeRow* type = row(options);
  if (type == nullptr)
    return absl::InvalidArgumentError("open names no type that this manager has");
  if (engine_.registry().objects().size() >= limits.objects) {
    return absl::ResourceExhaustedError(
        str_cat("the manager has its limit of ", limits.objects, " objects"));
  }
  const bool anonymous = options.name().empty();
  if (anonymous && call.session().anonymous_objects >= limits.anonymous_per_session) {
    return absl::ResourceExhaustedError(str_cat(
        "this session has its limit of ", limits.anonymous_per_session, " objects without a name"));
  }
  absl::StatusOr<std::unique_ptr<Object>> made = type->make(options);
  if (!made.ok()) return made.status();
  (*made)->engine_ = &engine_;
  (*made)->row_ = type;
  if (anonymous) {
    (*made)->maker_ = call.session().number();
    (*made)->maker_prefix_ = call.session().prefix();
    ++call.session().anonymous_objects;
  }
  return &engine_.registry().add(*std::move(made), options.name());
}

void RegistryCalls::adopt(Call call) {
  Object* object = engine_.registry().find(call.request().registry().adopt().object());
  if (object == nullptr) {
    return call.refuse(wire::NO_SUCH_OBJECT,
                       str_cat("there is no object ", call.request().registry().adopt().object()));
  }
  const absl::Status status = may_touch(call.session(), *object);
  if (!status.ok()) return call.refuse(outcome_of(status), status);
  const bool sent = call.request().registry().adopt().sent();
  reply_opened(std::move(call), *object, false);
  if (sent) engine_.reference_arrived(*object);
}

void RegistryCalls::send(Call call) {
  Object* object = named(call, "", call.request().registry().send().object());
  if (object == nullptr) return;
  engine_.reference_sent(*object);
  call.reply();
}

void RegistryCalls::forget(Call call) {
  const wire::RegistryOp::Forget& request = call.request().registry().forget();
  if (!call.session().forget(request.object(), request.count())) {
    return call.refuse(wire::NO_SUCH_OBJECT, str_cat("this session hasn't ", request.count(),
                                                     " references to object ", request.object()));
  }
  call.reply();
}

void RegistryCalls::remove(Call call) {
  const wire::RegistryOp::Delete& request = call.request().registry().delete_();
  Object* object = named(call, request.name(), request.object());
  if (object == nullptr) return;
  // Answered first: if this very session waits on the object, the order is that of the requests.
  call.reply();
  engine_.delete_object(*object);
}

void RegistryCalls::list(Call call) {
  const wire::RegistryOp::List& request = call.request().registry().list();
  wire::Reply reply;
  wire::ObjectList& list = *reply.mutable_objects();
  const auto& objects = engine_.registry().objects();
  for (auto next = objects.upper_bound(request.after()); next != objects.end(); ++next) {
    const Object& object = *next->second;
    if (object.is_part_ || (object.name().empty() && !request.anonymous())) continue;
    if (!object.name().starts_with(request.prefix())) continue;
    if (!may_touch(call.session(), object).ok()) continue;
    if (list.objects_size() == kListPage) {
      list.set_after(list.objects(kListPage - 1).object());
      break;
    }
    object.summarize(*list.add_objects());
  }
  call.reply(reply);
}

void RegistryCalls::inspect(Call call) {
  const wire::RegistryOp::Inspect& request = call.request().registry().inspect();
  const Object* object = named(call, request.name(), request.object());
  if (object == nullptr) return;
  wire::Reply reply;
  *reply.mutable_state() = object->inspect();
  call.reply(reply);
}

void RegistryCalls::stats(Call call) {
  wire::Reply reply;
  *reply.mutable_statistics() = engine_.statistics();
  call.reply(reply);
}

void RegistryCalls::reply_opened(Call call, Object& object, bool created) {
  call.session().adopt(object);
  wire::Reply reply;
  reply.mutable_opened()->set_object(object.id());
  reply.mutable_opened()->set_created(created);
  reply.mutable_opened()->set_type(object.row().name);
  call.reply(reply);
}

Object* RegistryCalls::named(Call& call, const std::string& name, ObjectId id) {
  // Before it is repeated in a message, and before it shows whether the object exists.
  if (!name.empty()) {
    if (const absl::Status status = check_granted(call, name); !status.ok()) {
      call.refuse(outcome_of(status), status);
      return nullptr;
    }
  }
  Object* object = name.empty() ? engine_.registry().find(id) : engine_.registry().find(name);
  if (object == nullptr) {
    call.refuse(wire::NO_SUCH_OBJECT, name.empty()
                                          ? str_cat("there is no object ", id)
                                          : str_cat("there is no object named \"", name, "\""));
    return nullptr;
  }
  const absl::Status status = may_touch(call.session(), *object);
  if (status.ok()) return object;
  call.refuse(outcome_of(status), status);
  return nullptr;
}

const TypeRow* RegistryCalls::row(const wire::RegistryOp::Open& options) const {
  for (const TypeRow& row : engine_.catalog_) {
    if (row.options == options.type_case()) return &row;
  }
  return nullptr;
}

}  // namespace syncmanager::manager
