#include "manager/objects/catalog.h"

namespace syncmanager {
namespace {

using wire::Request;

constexpr TypeRow kTypes[] = {
    {Options::kQueue, Request::kQueue, "Queue", make_queue},
    {Options::kLifoQueue, Request::kQueue, "LifoQueue", make_queue},
    {Options::kPriorityQueue, Request::kQueue, "PriorityQueue", make_queue},
    {Options::kDict, Request::kDict, "dict", make_dict},
    {Options::kList, Request::kList, "list", make_list},
    {Options::kSet, Request::kSet, "set", make_set},
    {Options::kNamespace, Request::kNamespace, "Namespace", make_namespace},
    {Options::kValue, Request::kValue, "Value", make_value},
    {Options::kArray, Request::kArray, "Array", make_array},
    {Options::kLock, Request::kLock, "Lock", make_lock},
    {Options::kRlock, Request::kLock, "RLock", make_rlock},
    {Options::kSemaphore, Request::kSemaphore, "Semaphore", make_semaphore},
    {Options::kBoundedSemaphore, Request::kSemaphore, "BoundedSemaphore", make_bounded_semaphore},
    {Options::kCondition, Request::kCondition, "Condition", make_condition},
    {Options::kEvent, Request::kEvent, "Event", make_event},
    {Options::kBarrier, Request::kBarrier, "Barrier", make_barrier},
    {Options::kRwlock, Request::kRwlock, "RWLock", make_rwlock},
    {Options::kLatch, Request::kLatch, "Latch", make_latch},
    {Options::kPool, Request::kPool, "Pool", make_pool},
    {Options::kCounter, Request::kCounter, "Counter", make_counter},
};

}  // namespace

std::span<const TypeRow> catalog() { return kTypes; }

}  // namespace syncmanager
