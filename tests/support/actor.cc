#include "tests/support/actor.h"

#include "manager/core/check.h"
#include "tests/support/stage.h"

namespace syncmanager::manager {
namespace {

wire::RegistryOp& registry(wire::Request& request) { return *request.mutable_registry(); }

}  // namespace

Pending Actor::ask(ObjectId object, Fill fill, Timeout timeout) const {
  const Session* session = stage_->engine().session(session_);
  CHECK(session != nullptr);
  if (object != 0 && stage_->lends(object) && session->find(object) == nullptr) adopt(object);
  wire::ClientBatch batch;
  wire::Request& request = *batch.add_requests();
  request.set_id(stage_->next_request(session_));
  request.set_object(object);
  request.set_caller(thread_);
  if (timeout) request.set_timeout_us(static_cast<uint64_t>(timeout->count()));
  fill(request);
  const uint64_t id = request.id();
  stage_->receive(session_, batch);
  return Pending(*stage_, session_, id);
}

void Actor::send(const wire::ClientBatch& batch) const { stage_->receive(session_, batch); }
void Actor::leave() const { stage_->end_session(session_, true); }
void Actor::die() const { stage_->end_session(session_, false); }
void Actor::lose_stream(Duration patience) const { stage_->lose_session(session_, patience); }
bool Actor::resume(uint64_t received) const { return stage_->resume_session(session_, received); }

wire::Request::OpCase Actor::type(ObjectId object) const {
  const Object* found = stage_->engine().registry().find(object);
  CHECK(found != nullptr);
  return found->row().op;
}

// ---- The registry.

Pending Actor::open(const OpenOptions& options) const {
  return ask(0, [&](wire::Request& r) { *registry(r).mutable_open() = options; });
}

Pending Actor::find(const std::string& name) const {
  return ask(0, [&](wire::Request& r) {
    registry(r).mutable_open()->set_name(name);
    registry(r).mutable_open()->set_must_exist(true);
  });
}

Pending Actor::send_reference(ObjectId object) const {
  return ask(0, [&](wire::Request& r) { registry(r).mutable_send()->set_object(object); });
}

Pending Actor::take_reference(ObjectId object) const {
  return ask(0, [&](wire::Request& r) {
    registry(r).mutable_adopt()->set_object(object);
    registry(r).mutable_adopt()->set_sent(true);
  });
}

Pending Actor::adopt(ObjectId object) const {
  return ask(0, [&](wire::Request& r) { registry(r).mutable_adopt()->set_object(object); });
}

Pending Actor::forget(ObjectId object, uint64_t count) const {
  return ask(0, [&](wire::Request& r) {
    registry(r).mutable_forget()->set_object(object);
    registry(r).mutable_forget()->set_count(count);
  });
}

Pending Actor::remove(ObjectId object) const {
  return ask(0, [&](wire::Request& r) { registry(r).mutable_delete_()->set_object(object); });
}

Pending Actor::remove(const std::string& name) const {
  return ask(0, [&](wire::Request& r) { registry(r).mutable_delete_()->set_name(name); });
}

Pending Actor::list(const std::string& prefix, uint64_t after, bool anonymous) const {
  return ask(0, [&](wire::Request& r) {
    registry(r).mutable_list()->set_prefix(prefix);
    registry(r).mutable_list()->set_after(after);
    registry(r).mutable_list()->set_anonymous(anonymous);
  });
}

Pending Actor::inspect(const std::string& name) const {
  return ask(0, [&](wire::Request& r) { registry(r).mutable_inspect()->set_name(name); });
}

Pending Actor::ping() const {
  return ask(0, [](wire::Request& r) { registry(r).mutable_ping(); });
}

// ---- Queues.

Pending Actor::put_encoded(ObjectId object, const std::string& item, Timeout timeout) const {
  return ask(
      object, [&](wire::Request& r) { r.mutable_queue()->mutable_put()->set_item(item); }, timeout);
}

Pending Actor::put_as(ObjectId object, const std::string& item, const How& how,
                      Timeout timeout) const {
  const auto fill = [&](wire::Request& r) {
    wire::QueueOp::Put& put = *r.mutable_queue()->mutable_put();
    put.set_item(item);
    put.set_delay_us(static_cast<uint64_t>(how.delay.count()));
    if (how.key) put.set_key(*how.key);
  };
  return ask(object, fill, timeout);
}

Pending Actor::put_back(ObjectId object, const std::string& encoded) const {
  return ask(object,
             [&](wire::Request& r) { r.mutable_queue()->mutable_put_back()->set_item(encoded); });
}

Pending Actor::ack(ObjectId object, uint64_t delivery) const {
  return ask(object,
             [&](wire::Request& r) { r.mutable_queue()->mutable_ack()->set_delivery(delivery); });
}

Pending Actor::nack(ObjectId object, uint64_t delivery, Duration delay) const {
  return ask(object, [&](wire::Request& r) {
    r.mutable_queue()->mutable_nack()->set_delivery(delivery);
    r.mutable_queue()->mutable_nack()->set_delay_us(static_cast<uint64_t>(delay.count()));
  });
}

Pending Actor::get(ObjectId object, Timeout timeout) const {
  return ask(
      object, [](wire::Request& r) { r.mutable_queue()->mutable_get(); }, timeout);
}

Pending Actor::size(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_queue()->mutable_size(); });
}

Pending Actor::full(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_queue()->mutable_full(); });
}

Pending Actor::task_done(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_queue()->mutable_task_done(); });
}

Pending Actor::join(ObjectId object, Timeout timeout) const {
  return ask(
      object, [](wire::Request& r) { r.mutable_queue()->mutable_join(); }, timeout);
}

Pending Actor::shut_down(ObjectId object, bool immediate) const {
  return ask(object, [&](wire::Request& r) {
    r.mutable_queue()->mutable_shut_down()->set_immediate(immediate);
  });
}

// ---- What is acquired and released.

Pending Actor::acquire(ObjectId object, Timeout timeout) const {
  switch (type(object)) {
    case wire::Request::kSemaphore:
      return acquire_permits(object, 1, timeout);
    case wire::Request::kCondition:
      return ask(
          object, [](wire::Request& r) { r.mutable_condition()->mutable_acquire(); }, timeout);
    case wire::Request::kRwlock:
      return acquire_write(object, timeout);
    default:
      return ask(
          object, [](wire::Request& r) { r.mutable_lock()->mutable_acquire(); }, timeout);
  }
}

Pending Actor::release(ObjectId object) const {
  switch (type(object)) {
    case wire::Request::kSemaphore:
      return release_permits(object, 1);
    case wire::Request::kCondition:
      return ask(object, [](wire::Request& r) { r.mutable_condition()->mutable_release(); });
    case wire::Request::kRwlock:
      return ask(object, [](wire::Request& r) { r.mutable_rwlock()->mutable_release(); });
    default:
      return release_grant(object, 0);
  }
}

Pending Actor::locked(ObjectId object) const {
  switch (type(object)) {
    case wire::Request::kCondition:
      return ask(object, [](wire::Request& r) { r.mutable_condition()->mutable_locked(); });
    case wire::Request::kRwlock:
      return ask(object, [](wire::Request& r) { r.mutable_rwlock()->mutable_locked(); });
    default:
      return ask(object, [](wire::Request& r) { r.mutable_lock()->mutable_locked(); });
  }
}

Pending Actor::release_grant(ObjectId lock, uint64_t fencing) const {
  return ask(lock,
             [&](wire::Request& r) { r.mutable_lock()->mutable_release()->set_fencing(fencing); });
}

Pending Actor::acquire_permits(ObjectId object, int64_t count, Timeout timeout) const {
  return ask(
      object,
      [&](wire::Request& r) { r.mutable_semaphore()->mutable_acquire()->set_permits(count); },
      timeout);
}

Pending Actor::release_permits(ObjectId object, int64_t count) const {
  return ask(object, [&](wire::Request& r) {
    r.mutable_semaphore()->mutable_release()->set_permits(count);
  });
}

Pending Actor::permits(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_semaphore()->mutable_value(); });
}

Pending Actor::acquire_read(ObjectId object, Timeout timeout) const {
  return ask(
      object, [](wire::Request& r) { r.mutable_rwlock()->mutable_acquire_read(); }, timeout);
}

Pending Actor::acquire_write(ObjectId object, Timeout timeout) const {
  return ask(
      object, [](wire::Request& r) { r.mutable_rwlock()->mutable_acquire_write(); }, timeout);
}

// ---- What is waited for.

Pending Actor::wait(ObjectId object, Timeout timeout) const {
  const wire::Request::OpCase op = type(object);
  const auto fill = [op](wire::Request& r) {
    switch (op) {
      case wire::Request::kCondition:
        r.mutable_condition()->mutable_wait();
        break;
      case wire::Request::kBarrier:
        r.mutable_barrier()->mutable_wait();
        break;
      case wire::Request::kLatch:
        r.mutable_latch()->mutable_wait();
        break;
      default:
        r.mutable_event()->mutable_wait();
    }
  };
  return ask(object, fill, timeout);
}

Pending Actor::notify(ObjectId object, uint64_t count) const {
  return ask(object,
             [&](wire::Request& r) { r.mutable_condition()->mutable_notify()->set_count(count); });
}

Pending Actor::notify_all(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_condition()->mutable_notify_all(); });
}

Pending Actor::set(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_event()->mutable_set(); });
}

Pending Actor::clear(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_event()->mutable_clear(); });
}

Pending Actor::is_set(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_event()->mutable_is_set(); });
}

Pending Actor::abort(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_barrier()->mutable_abort(); });
}

Pending Actor::reset(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_barrier()->mutable_reset(); });
}

wire::BarrierState Actor::barrier(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_barrier()->mutable_inspect(); })
      .reply()
      .barrier();
}

Pending Actor::count_down(ObjectId object, int64_t count) const {
  return ask(object,
             [&](wire::Request& r) { r.mutable_latch()->mutable_count_down()->set_count(count); });
}

Pending Actor::count(ObjectId object) const {
  return ask(object, [](wire::Request& r) { r.mutable_latch()->mutable_count(); });
}

}  // namespace syncmanager::manager
