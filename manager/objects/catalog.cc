#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

using wire::Request;

constexpr TypeRow kTypes[] = {
    {Options::kQueue, Request::kQueue, "Queue", make_queue, queue_access},
    {Options::kLifoQueue, Request::kQueue, "LifoQueue", make_queue, queue_access},
    {Options::kPriorityQueue, Request::kQueue, "PriorityQueue", make_queue, queue_access},
    {Options::kDict, Request::kDict, "dict", make_dict, dict_access},
    {Options::kList, Request::kList, "list", make_list, list_access},
    {Options::kSet, Request::kSet, "set", make_set, set_access},
    {Options::kNamespace, Request::kNamespace, "Namespace", make_namespace, namespace_access},
    {Options::kValue, Request::kValue, "Value", make_value, value_access},
    {Options::kArray, Request::kArray, "Array", make_array, array_access},
    {Options::kLock, Request::kLock, "Lock", make_lock, lock_access},
    {Options::kRlock, Request::kLock, "RLock", make_rlock, lock_access},
    {Options::kSemaphore, Request::kSemaphore, "Semaphore", make_semaphore, semaphore_access},
    {Options::kBoundedSemaphore, Request::kSemaphore, "BoundedSemaphore", make_bounded_semaphore,
     semaphore_access},
    {Options::kCondition, Request::kCondition, "Condition", make_condition, condition_access},
    {Options::kEvent, Request::kEvent, "Event", make_event, event_access},
    {Options::kBarrier, Request::kBarrier, "Barrier", make_barrier, barrier_access},
    {Options::kRwlock, Request::kRwlock, "RWLock", make_rwlock, rwlock_access},
    {Options::kLatch, Request::kLatch, "Latch", make_latch, latch_access},
    {Options::kPool, Request::kPool, "Pool", make_pool, pool_access},
};

}  // namespace

std::span<const TypeRow> catalog() { return kTypes; }

}  // namespace syncmanager::manager
