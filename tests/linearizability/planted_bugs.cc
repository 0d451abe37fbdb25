// Bugs between the clients and the Engine. Each reply that a bug gives is what a client of a broken
// object would see; what it does to the object it does by requests of its own.

#include "tests/linearizability/planted_bugs.h"

#include <syncmanager/encoded_value.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "tests/linearizability/wire_calls.h"
#include "tests/support/values.h"

namespace syncmanager::linearizability {
namespace {

using Requested = std::function<bool(CoreManager&, SessionNumber, wire::Request&)>;

// A bug in what happens when a request arrives.
PlantBug at_requests(Requested bug) {
  return [bug = std::move(bug)](CoreManager& manager) {
    manager.interference.on_request = [&manager, bug](SessionNumber session,
                                                      wire::Request& request) {
      return bug(manager, session, request);
    };
  };
}

// A bug in how an object is made.
PlantBug at_opening(std::function<void(wire::RegistryOp::Open&)> bug) {
  return [bug = std::move(bug)](CoreManager& manager) { manager.interference.on_open = bug; };
}

// A bug in what clients are told.
PlantBug at_replies(std::function<void(std::vector<wire::Reply>&)> bug) {
  return [bug = std::move(bug)](CoreManager& manager) { manager.interference.on_replies = bug; };
}

void answer(CoreManager& manager, SessionNumber session, const wire::Request& request,
            std::optional<std::string> value = std::nullopt) {
  wire::Reply reply;
  reply.set_id(request.id());
  if (value) reply.set_value(*std::move(value));
  manager.answer(session, std::move(reply));
}

// A request of the same object.
wire::Request beside(const wire::Request& request) {
  wire::Request other;
  other.set_object(request.object());
  return other;
}

int64_t integer_of(const std::string& value) { return ValueReader(value).head()->integer; }

// Says that it is done, and does nothing.
template <typename Chosen>
PlantBug forgotten(Chosen chosen) {
  return at_requests([chosen](CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!chosen(request)) return true;
    answer(manager, session, request);
    return false;
  });
}

// ---- Numbers.

// Reads once, and answers that ever after.
PlantBug stale_read() {
  return at_requests([last = std::make_shared<std::optional<std::string>>()](
                         CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.value().has_get()) return true;
    if (!*last) *last = manager.perform(request).value();
    answer(manager, session, request, **last);
    return false;
  });
}

// Adds to what was there when the call before came.
PlantBug lost_update() {
  return at_requests([before = std::make_shared<int64_t>(0)](
                         CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.value().has_add()) return true;
    const int64_t sum = *before + integer_of(request.value().add().amount());
    wire::Request get = beside(request), set = beside(request);
    get.mutable_value()->mutable_get();
    *before = integer_of(manager.perform(get).value());
    set.mutable_value()->mutable_set()->set_value(encoded(sum));
    manager.perform(set);
    answer(manager, session, request, encoded(sum));
    return false;
  });
}

PlantBug compare_and_set_always_sets() {
  return at_requests([](CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.value().has_compare_and_set()) return true;
    wire::Request set = beside(request);
    set.mutable_value()->mutable_set()->set_value(request.value().compare_and_set().desired());
    manager.perform(set);
    answer(manager, session, request, encoded(true));
    return false;
  });
}

// F1: two answers that are under way together reach each other's caller.
PlantBug swapped_replies() {
  return at_replies([](std::vector<wire::Reply>& replies) {
    if (replies.size() < 2) return;
    const uint64_t first = replies[0].id();
    replies[0].set_id(replies[1].id());
    replies[1].set_id(first);
  });
}

PlantBug performed_again_when_repeated(bool (*chosen)(const wire::Request&)) {
  return [chosen](CoreManager& manager) {
    manager.interference.on_repeat = [&manager, chosen](const wire::Request& request) {
      if (chosen(request)) manager.perform(request);
    };
  };
}

PlantBug get_of_another_attribute() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    wire::NamespaceOp& op = *request.mutable_namespace_();
    if (op.has_get()) op.mutable_get()->set_name("a0");
    return true;
  });
}

PlantBug pop_that_leaves_the_entry() {
  return at_requests([](CoreManager&, SessionNumber, wire::Request& request) {
    const std::string key = request.dict().pop().key();
    if (request.dict().has_pop()) request.mutable_dict()->mutable_get()->set_key(key);
    return true;
  });
}

PlantBug set_default_that_overwrites() {
  return at_requests([](CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.dict().has_set_default()) return true;
    const wire::DictOp::SetDefault& asked = request.dict().set_default();
    wire::Request set = beside(request);
    set.mutable_dict()->mutable_set()->set_key(asked.key());
    set.mutable_dict()->mutable_set()->set_value(asked.value());
    manager.perform(set);
    answer(manager, session, request, asked.value());
    return false;
  });
}

// ---- Queues.

PlantBug last_in_first_out() {
  return at_opening([](wire::RegistryOp::Open& options) {
    const int64_t maxsize = options.queue().maxsize();
    options.mutable_lifo_queue()->set_maxsize(maxsize);
  });
}

PlantBug one_item_beyond_maxsize() {
  return at_opening([](wire::RegistryOp::Open& options) {
    if (options.queue().maxsize() == 0) return;
    options.mutable_queue()->set_maxsize(options.queue().maxsize() + 1);
  });
}

PlantBug item_put_twice() {
  return at_requests([](CoreManager& manager, SessionNumber, wire::Request& request) {
    if (request.queue().has_put()) manager.perform(request);
    return true;
  });
}

// A get that is cancelled takes an item with it.
PlantBug item_lost_by_a_cancel() {
  return [](CoreManager& manager) {
    const auto gets = std::make_shared<std::map<std::pair<SessionNumber, uint64_t>, ObjectId>>();
    manager.interference.on_request = [gets](SessionNumber session, wire::Request& request) {
      if (request.queue().has_get()) (*gets)[{session, request.id()}] = request.object();
      return true;
    };
    manager.interference.on_cancel = [&manager, gets](SessionNumber session, uint64_t request) {
      const auto cancelled = gets->find({session, request});
      if (cancelled == gets->end()) return;
      wire::Request get;
      get.set_object(cancelled->second);
      get.mutable_queue()->mutable_get();
      manager.perform(get);
    };
  };
}

// A get that finds the queue empty waits where no put looks.
PlantBug get_that_is_never_woken() {
  return at_requests([](CoreManager& manager, SessionNumber, wire::Request& request) {
    if (!request.queue().has_get() || request.has_timeout_us()) return true;
    wire::Request size = beside(request);
    size.mutable_queue()->mutable_size();
    return integer_of(manager.perform(size).value()) > 0;
  });
}

// ---- Locks, semaphores, events, lists.

// A lock or a permit is granted to whoever would have to wait.
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

// ---- Whole dicts.

PlantBug set_that_moves_its_key_to_the_end() {
  return at_requests([](CoreManager& manager, SessionNumber, wire::Request& request) {
    if (!request.dict().has_set()) return true;
    wire::Request pop = beside(request);
    pop.mutable_dict()->mutable_pop()->set_key(request.dict().set().key());
    manager.perform(pop);
    return true;
  });
}

// Items that lack the newest.
PlantBug page_that_ends_early() {
  return at_replies([](std::vector<wire::Reply>& replies) {
    for (wire::Reply& reply : replies) {
      if (reply.page().values_size() > 2) reply.mutable_page()->mutable_values()->RemoveLast();
    }
  });
}

PlantBug pop_item_that_clears() {
  return at_requests([](CoreManager& manager, SessionNumber session, wire::Request& request) {
    if (!request.dict().has_pop_item()) return true;
    wire::Reply newest = manager.perform(request);
    wire::Request clear = beside(request);
    clear.mutable_dict()->mutable_clear();
    manager.perform(clear);
    newest.set_id(request.id());
    manager.answer(session, std::move(newest));
    return false;
  });
}

}  // namespace

const std::vector<PlantedBug>& planted_bugs() {
  using R = const wire::Request&;
  using K = ObjectKind;
  static const std::vector<PlantedBug> bugs = {
      {"StaleRead", K::kValue, stale_read()},
      {"LostUpdate", K::kValue, lost_update()},
      {"LostSet", K::kValue, forgotten([](R r) { return r.value().has_set(); })},
      {"CompareAndSetAlwaysSets", K::kValue, compare_and_set_always_sets()},
      {"SwappedReplies", K::kValue, swapped_replies()},
      {"AddAgainWhenRepeated", K::kValue,
       performed_again_when_repeated([](R r) { return r.value().has_add(); })},
      {"GetOfAnotherAttribute", K::kAttribute, get_of_another_attribute()},
      {"PopThatLeavesTheEntry", K::kEntry, pop_that_leaves_the_entry()},
      {"SetDefaultThatOverwrites", K::kEntry, set_default_that_overwrites()},
      {"LastInFirstOut", K::kQueue, last_in_first_out()},
      {"OneItemBeyondMaxsize", K::kQueue, one_item_beyond_maxsize()},
      {"DroppedItem", K::kQueue, forgotten([](R r) { return r.queue().has_put(); })},
      {"ItemPutTwice", K::kQueue, item_put_twice()},
      {"PutAgainWhenRepeated", K::kQueue,
       performed_again_when_repeated([](R r) { return r.queue().has_put(); })},
      {"ItemLostByACancel", K::kQueue, item_lost_by_a_cancel()},
      {"GetThatIsNeverWoken", K::kQueue, get_that_is_never_woken()},
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
      {"LostAppend", K::kList, forgotten([](R r) { return r.list().has_append(); })},
      {"AppendAgainWhenRepeated", K::kList,
       performed_again_when_repeated([](R r) { return r.list().has_append(); })},
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
      {"SetThatMovesItsKeyToTheEnd", K::kDict, set_that_moves_its_key_to_the_end()},
      {"PageThatEndsEarly", K::kDict, page_that_ends_early()},
      {"PopItemThatClears", K::kDict, pop_item_that_clears()},
      {"ClearThatForgets", K::kDict, forgotten([](R r) { return r.dict().has_clear(); })},
      {"ReadersThatExcludeEachOther", K::kRWLock, readers_that_exclude_each_other()},
      {"WritersThatExcludeNobody", K::kRWLock, writers_that_exclude_nobody()},
      {"RWLockGrantedTwice", K::kRWLock, granted_though_taken()},
      {"RWLockNotReleased", K::kRWLock, forgotten([](R r) { return r.rwlock().has_release(); })},
      {"RWLockKeptByTheDead", K::kRWLock, kept_by_the_dead()},
      {"LatchOfOneMore", K::kLatch, latch_of_one_more()},
      {"LostCountDown", K::kLatch, forgotten([](R r) { return r.latch().has_count_down(); })},
      {"LatchThatNobodyWaitsAt", K::kLatch, forgotten([](R r) { return r.latch().has_wait(); })},
  };
  return bugs;
}

}  // namespace syncmanager::linearizability
