#include "manager/objects/catalog.h"

namespace syncmanager::manager {
namespace {

using wire::Request;

constexpr TypeRow kTypes[] = {
    {Options::kQueue, Request::kQueue, "Queue", make_queue, access_to_queue},
    {Options::kLifoQueue, Request::kQueue, "LifoQueue", make_queue, access_to_queue},
    {Options::kPriorityQueue, Request::kQueue, "PriorityQueue", make_queue, access_to_queue},
    {Options::kDict, Request::kDict, "dict", make_dict, access_to_dict},
    {Options::kList, Request::kList, "list", make_list, access_to_list},
    {Options::kSet, Request::kSet, "set", make_set, access_to_set},
    {Options::kNamespace, Request::kNamespace, "Namespace", make_namespace, access_to_namespace},
    {Options::kValue, Request::kValue, "Value", make_value, access_to_value},
    {Options::kArray, Request::kArray, "Array", make_array, access_to_array},
    {Options::kLock, Request::kLock, "Lock", make_lock, access_to_lock},
    {Options::kRlock, Request::kLock, "RLock", make_rlock, access_to_lock},
    {Options::kSemaphore, Request::kSemaphore, "Semaphore", make_semaphore, access_to_semaphore},
    {Options::kBoundedSemaphore, Request::kSemaphore, "BoundedSemaphore", make_bounded_semaphore,
     access_to_semaphore},
    {Options::kCondition, Request::kCondition, "Condition", make_condition, access_to_condition},
    {Options::kEvent, Request::kEvent, "Event", make_event, access_to_event},
    {Options::kBarrier, Request::kBarrier, "Barrier", make_barrier, access_to_barrier},
    {Options::kRwlock, Request::kRwlock, "RWLock", make_rwlock, access_to_rwlock},
    {Options::kLatch, Request::kLatch, "Latch", make_latch, access_to_latch},
    {Options::kPool, Request::kPool, "Pool", make_pool, access_to_pool},
    {Options::kCounter, Request::kCounter, "Counter", make_counter, access_to_counter},
};

}  // namespace

std::span<const TypeRow> catalog() { return kTypes; }

}  // namespace syncmanager::manager
