#include "manager/objects/catalog.h"

namespace syncmanager {
namespace {

using wire::Request;

constexpr TypeRow kTypes[] = {
    {Options::kQueue, Request::kQueue, "Queue", make_queue},
    {Options::kLifoQueue, Request::kQueue, "LifoQueue", make_queue},
    {Options::kPriorityQueue, Request::kQueue, "PriorityQueue", make_queue},
    {Options::kLock, Request::kLock, "Lock", make_lock},
    {Options::kRlock, Request::kLock, "RLock", make_rlock},
};

}  // namespace

std::span<const TypeRow> catalog() { return kTypes; }

}  // namespace syncmanager
