// Bugs between the clients and the locks and their like of an Engine.
// Each reply that a bug gives is what a client of a broken object would see; what it does to the
// object it does by requests of its own.

#include <utility>

#include "tests/linearizability/planting.h"
#include "tests/support/values.h"

namespace syncmanager::linearizability {
namespace {

// ---- Locks, semaphores, events.

// A lock or a permit is granted to a caller that would have to wait.
PlantBug granted_though_taken() {
  return at_replies([](std::vector<wire::Reply>& replies) {
    for (wire::Reply& reply : replies) {
      if (reply.outcome() == wire::TIMED_OUT) reply.set_outcome(wire::OK);
    }
  });
}

PlantBug one_permit_too_many() {
  return at_opening([](wire::RegistryOp::Open& options) {
    wire::SemaphoreOptions& semaphore = *options.mutable_bounded_semaphore();
    semaphore.set_value(semaphore.value() + 1);
  });
}

PlantBug wait_that_returns_before_the_set() {
  return forgotten([](const wire::Request& request) { return request.event().has_wait(); });
}

PlantBug waiter_that_a_set_forgets() {
  return at_requests([](CoreManager& manager, SessionNumber, wire::Request& request) {
    if (!request.event().has_wait() || request.has_timeout_us()) return true;
    wire::Request is_set = beside(request);
    is_set.mutable_event()->mutable_is_set();
    return integer_of(manager.perform(is_set).value()) != 0;
  });
}

// A session that dies is taken for one that said goodbye, and keeps what it held.
PlantBug kept_by_the_dead() {
  return [](CoreManager& manager) {
    manager.interference.on_end = [](bool& goodbye) { goodbye = true; };
  };
}

PlantBug rlock_that_is_a_lock() {
  return at_opening([](wire::RegistryOp::Open& options) { options.mutable_lock(); });
}

PlantBug notify_that_wakes_all() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    if (request.condition().has_notify()) request.mutable_condition()->mutable_notify_all();
    return true;
  });
}

PlantBug wait_in_vain_that_says_notified() {
  return at_replies([](std::vector<wire::Reply>& replies) {
    for (wire::Reply& reply : replies) {
      if (reply.has_grant()) reply.mutable_grant()->set_timed_out(false);
    }
  });
}

// A wait that times out comes back without the lock.
PlantBug wait_that_loses_the_lock() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    if (request.condition().has_wait() && request.has_timeout_us()) {
      request.mutable_condition()->mutable_release();
    }
    return true;
  });
}

// ---- Barriers and latches.

PlantBug one_party_less() {
  return at_opening([](wire::RegistryOp::Open& options) {
    options.mutable_barrier()->set_parties(options.barrier().parties() - 1);
  });
}

PlantBug place_given_twice() {
  return at_replies([](std::vector<wire::Reply>& replies) {
    for (wire::Reply& reply : replies) {
      if (reply.has_value()) reply.set_value(encoded(0));
    }
  });
}

// Who would have to wait for a time is told that the barrier is broken, which it isn't.
PlantBug party_that_gives_up_alone() {
  return at_requests([](CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.barrier().has_wait() || !request.has_timeout_us()) return true;
    wire::Reply broken;
    broken.set_id(request.id());
    broken.set_outcome(wire::BROKEN_BARRIER);
    manager.answer(session, std::move(broken));
    return false;
  });
}

PlantBug latch_of_one_more() {
  return at_opening([](wire::RegistryOp::Open& options) {
    options.mutable_latch()->set_count(options.latch().count() + 1);
  });
}

// ---- Semaphores without a bound, read-write locks.

PlantBug semaphore_with_a_bound() {
  return at_opening([](wire::RegistryOp::Open& options) {
    const int64_t permits = options.semaphore().value();
    options.mutable_bounded_semaphore()->set_value(permits);
  });
}

PlantBug readers_that_exclude_each_other() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    if (request.rwlock().has_acquire_read()) request.mutable_rwlock()->mutable_acquire_write();
    return true;
  });
}

PlantBug writers_that_exclude_nobody() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    if (request.rwlock().has_acquire_write()) request.mutable_rwlock()->mutable_acquire_read();
    return true;
  });
}

}  // namespace

std::vector<PlantedBug> bugs_of_held_objects() {
  using R = const wire::Request&;
  using K = ObjectKind;
  return {
      {"LockGrantedTwice", K::kLock, granted_though_taken()},
      {"LockNotReleased", K::kLock, forgotten([](R r) { return r.lock().has_release(); })},
      {"LockKeptByTheDead", K::kLock, kept_by_the_dead()},
      {"OnePermitTooMany", K::kSemaphore, one_permit_too_many()},
      {"NegativePermits", K::kSemaphore, granted_though_taken()},
      {"PermitNotReleased", K::kSemaphore,
       forgotten([](R r) { return r.semaphore().has_release(); })},
      {"WaitThatReturnsBeforeTheSet", K::kEvent, wait_that_returns_before_the_set()},
      {"WaiterThatASetForgets", K::kEvent, waiter_that_a_set_forgets()},
      {"LostClear", K::kEvent, forgotten([](R r) { return r.event().has_clear(); })},
      {"RLockGrantedTwice", K::kRLock, granted_though_taken()},
      {"RLockThatIsALock", K::kRLock, rlock_that_is_a_lock()},
      {"RLockNotReleased", K::kRLock, forgotten([](R r) { return r.lock().has_release(); })},
      {"RLockKeptByTheDead", K::kRLock, kept_by_the_dead()},
      {"LostNotify", K::kCondition, forgotten([](R r) { return r.condition().has_notify(); })},
      {"LostNotifyAll", K::kCondition,
       forgotten([](R r) { return r.condition().has_notify_all(); })},
      {"NotifyThatWakesAll", K::kCondition, notify_that_wakes_all()},
      {"WaitInVainThatSaysNotified", K::kCondition, wait_in_vain_that_says_notified()},
      {"WaitThatDoesNotWait", K::kCondition,
       forgotten([](R r) { return r.condition().has_wait(); })},
      {"WaitThatLosesTheLock", K::kCondition, wait_that_loses_the_lock()},
      {"ConditionKeptByTheDead", K::kCondition, kept_by_the_dead()},
      {"OnePartyLess", K::kBarrier, one_party_less()},
      {"PlaceGivenTwice", K::kBarrier, place_given_twice()},
      {"LostAbort", K::kBarrier, forgotten([](R r) { return r.barrier().has_abort(); })},
      {"LostReset", K::kBarrier, forgotten([](R r) { return r.barrier().has_reset(); })},
      {"PartyThatGivesUpAlone", K::kBarrier, party_that_gives_up_alone()},
      {"SemaphoreWithABound", K::kFreeSemaphore, semaphore_with_a_bound()},
      {"NegativePermitsWithoutABound", K::kFreeSemaphore, granted_though_taken()},
      {"PermitNotAdded", K::kFreeSemaphore,
       forgotten([](R r) { return r.semaphore().has_release(); })},
      {"ReadersThatExcludeEachOther", K::kRWLock, readers_that_exclude_each_other()},
      {"WritersThatExcludeNobody", K::kRWLock, writers_that_exclude_nobody()},
      {"RWLockGrantedTwice", K::kRWLock, granted_though_taken()},
      {"RWLockNotReleased", K::kRWLock, forgotten([](R r) { return r.rwlock().has_release(); })},
      {"RWLockKeptByTheDead", K::kRWLock, kept_by_the_dead()},
      {"LatchOfOneMore", K::kLatch, latch_of_one_more()},
      {"LostCountDown", K::kLatch, forgotten([](R r) { return r.latch().has_count_down(); })},
      {"LatchThatNobodyWaitsAt", K::kLatch, forgotten([](R r) { return r.latch().has_wait(); })},
  };
}

}  // namespace syncmanager::linearizability
