// Bugs between the clients and the values, queues, lists and dicts of an Engine.
// Each reply that a bug gives is what a client of a broken object would see; what it does to the
// object it does by requests of its own.

#include <map>
#include <memory>
#include <utility>

#include "tests/linearizability/planting.h"
#include "tests/support/values.h"

namespace syncmanager::linearizability {
namespace {

// ---- Numbers.

// Reads once, and answers that ever after.
PlantBug stale_read() {
  return at_requests(
      [last = std::make_shared<std::optional<std::string>>()](
          CoreManager& manager, manager::SessionNumber session, wire::Request& request) {
        if (!request.value().has_get()) return true;
        if (!*last) *last = manager.perform(request).value();
        answer(manager, session, request, **last);
        return false;
      });
}

// Adds to what was there when the call before came.
PlantBug lost_update() {
  return at_requests([before = std::make_shared<int64_t>(0)](CoreManager& manager,
                                                             manager::SessionNumber session,
                                                             wire::Request& request) {
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
  return at_requests(
      [](CoreManager& manager, manager::SessionNumber session, wire::Request& request) {
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
  return at_requests([](CoreManager&, manager::SessionNumber, wire::Request& request) {
    wire::NamespaceOp& op = *request.mutable_namespace_();
    if (op.has_get()) op.mutable_get()->set_name("a0");
    return true;
  });
}

PlantBug pop_that_leaves_the_entry() {
  return at_requests([](CoreManager&, manager::SessionNumber, wire::Request& request) {
    const std::string key = request.dict().pop().key();
    if (request.dict().has_pop()) request.mutable_dict()->mutable_get()->set_key(key);
    return true;
  });
}

PlantBug set_default_that_overwrites() {
  return at_requests(
      [](CoreManager& manager, manager::SessionNumber session, wire::Request& request) {
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
  return at_requests([](CoreManager& manager, manager::SessionNumber, wire::Request& request) {
    if (request.queue().has_put()) manager.perform(request);
    return true;
  });
}

// A get that is cancelled takes an item with it.
PlantBug item_lost_by_a_cancel() {
  return [](CoreManager& manager) {
    const auto gets = std::make_shared<
        std::map<std::pair<manager::SessionNumber, uint64_t>, manager::ObjectId>>();
    manager.interference.on_request = [gets](manager::SessionNumber session,
                                             wire::Request& request) {
      if (request.queue().has_get()) (*gets)[{session, request.id()}] = request.object();
      return true;
    };
    manager.interference.on_cancel = [&manager, gets](manager::SessionNumber session,
                                                      uint64_t request) {
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
  return at_requests([](CoreManager& manager, manager::SessionNumber, wire::Request& request) {
    if (!request.queue().has_get() || request.has_timeout_us()) return true;
    wire::Request size = beside(request);
    size.mutable_queue()->mutable_size();
    return integer_of(manager.perform(size).value()) > 0;
  });
}

// ---- Whole dicts.

PlantBug set_that_moves_its_key_to_the_end() {
  return at_requests([](CoreManager& manager, manager::SessionNumber, wire::Request& request) {
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
  return at_requests(
      [](CoreManager& manager, manager::SessionNumber session, wire::Request& request) {
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

std::vector<PlantedBug> bugs_of_containers() {
  using R = const wire::Request&;
  using K = ObjectKind;
  return {
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
      {"LostAppend", K::kList, forgotten([](R r) { return r.list().has_append(); })},
      {"AppendAgainWhenRepeated", K::kList,
       performed_again_when_repeated([](R r) { return r.list().has_append(); })},
      {"SetThatMovesItsKeyToTheEnd", K::kDict, set_that_moves_its_key_to_the_end()},
      {"PageThatEndsEarly", K::kDict, page_that_ends_early()},
      {"PopItemThatClears", K::kDict, pop_item_that_clears()},
      {"ClearThatForgets", K::kDict, forgotten([](R r) { return r.dict().has_clear(); })},
  };
}

}  // namespace syncmanager::linearizability
