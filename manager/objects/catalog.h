#pragma once

#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "manager/core/object.h"
#include "protos/registry.pb.h"

namespace syncmanager::manager {

// Every type this manager hosts. A type without a row doesn't exist.
std::span<const TypeRow> catalog();

// Each makes one object from its options. The error says what is wrong with them: OUT_OF_RANGE
// where Python raises ValueError, INVALID_ARGUMENT otherwise.
using Options = wire::RegistryOp::Open;
absl::StatusOr<std::unique_ptr<Object>> make_queue(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_dict(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_list(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_set(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_namespace(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_value(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_array(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_lock(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_rlock(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_semaphore(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_bounded_semaphore(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_condition(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_event(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_barrier(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_rwlock(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_latch(const Options& options);
absl::StatusOr<std::unique_ptr<Object>> make_pool(const Options& options);

// Each says what a request of a type does, as far as roles are concerned. Each is a switch without
// a default, so that the compiler refuses a type with a method that isn't listed (-Werror=switch).
// A request without a method is a write.
Access queue_access(const wire::Request& request);
Access dict_access(const wire::Request& request);
Access list_access(const wire::Request& request);
Access set_access(const wire::Request& request);
Access namespace_access(const wire::Request& request);
Access value_access(const wire::Request& request);
Access array_access(const wire::Request& request);
Access lock_access(const wire::Request& request);
Access semaphore_access(const wire::Request& request);
Access condition_access(const wire::Request& request);
Access event_access(const wire::Request& request);
Access barrier_access(const wire::Request& request);
Access rwlock_access(const wire::Request& request);
Access latch_access(const wire::Request& request);
Access pool_access(const wire::Request& request);

}  // namespace syncmanager::manager
