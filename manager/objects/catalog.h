#pragma once

#include <memory>
#include <span>

#include "absl/status/statusor.h"
#include "manager/core/object.h"
#include "protos/registry.pb.h"
#include "protos/request.pb.h"

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
absl::StatusOr<std::unique_ptr<Object>> make_counter(const Options& options);

// Each returns the access that a request of its type needs. A method without a case is an error of
// the compiler.
Access access_to_array(const wire::Request& request);
Access access_to_barrier(const wire::Request& request);
Access access_to_condition(const wire::Request& request);
Access access_to_counter(const wire::Request& request);
Access access_to_dict(const wire::Request& request);
Access access_to_event(const wire::Request& request);
Access access_to_latch(const wire::Request& request);
Access access_to_list(const wire::Request& request);
Access access_to_lock(const wire::Request& request);
Access access_to_namespace(const wire::Request& request);
Access access_to_pool(const wire::Request& request);
Access access_to_queue(const wire::Request& request);
Access access_to_rwlock(const wire::Request& request);
Access access_to_semaphore(const wire::Request& request);
Access access_to_set(const wire::Request& request);
Access access_to_value(const wire::Request& request);

}  // namespace syncmanager::manager
