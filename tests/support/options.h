#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "manager/core/time.h"
#include "protos/registry.pb.h"

namespace syncmanager::manager {

// The options of an open, in words: stage.create(a_queue(1)), alice.open(named("jobs", a_queue())).

using OpenOptions = wire::RegistryOp::Open;

inline OpenOptions named(const std::string& name, OpenOptions options) {
  options.set_name(name);
  return options;
}

inline OpenOptions a_queue(int64_t maxsize = 0) {
  OpenOptions options;
  options.mutable_queue()->set_maxsize(maxsize);
  return options;
}

inline OpenOptions a_lifo_queue(int64_t maxsize = 0) {
  OpenOptions options;
  options.mutable_lifo_queue()->set_maxsize(maxsize);
  return options;
}

inline OpenOptions a_priority_queue(int64_t maxsize = 0) {
  OpenOptions options;
  options.mutable_priority_queue()->set_maxsize(maxsize);
  return options;
}

// The options that make a queue of any order reliable.
struct Reliable {
  uint64_t max_deliveries = 0;
  uint64_t dead_letters = 0;
};
inline OpenOptions reliable(OpenOptions options, const Reliable& how = {}) {
  wire::QueueOptions& queue = options.has_lifo_queue()       ? *options.mutable_lifo_queue()
                              : options.has_priority_queue() ? *options.mutable_priority_queue()
                                                             : *options.mutable_queue();
  queue.set_reliable(true);
  queue.set_max_deliveries(how.max_deliveries);
  queue.set_dead_letters(how.dead_letters);
  return options;
}

// Whether what its holder leaves behind at goodbye is given back there.
enum class OnExit { kKeep, kRelease };

inline OpenOptions a_lock(OnExit on_exit = OnExit::kKeep) {
  OpenOptions options;
  options.mutable_lock()->set_release_on_exit(on_exit == OnExit::kRelease);
  return options;
}

inline OpenOptions an_rlock(OnExit on_exit = OnExit::kKeep) {
  OpenOptions options;
  options.mutable_rlock()->set_release_on_exit(on_exit == OnExit::kRelease);
  return options;
}

inline OpenOptions a_semaphore(int64_t value, OnExit on_exit = OnExit::kKeep) {
  OpenOptions options;
  options.mutable_semaphore()->set_value(value);
  options.mutable_semaphore()->set_release_on_exit(on_exit == OnExit::kRelease);
  return options;
}

inline OpenOptions a_bounded_semaphore(int64_t value, OnExit on_exit = OnExit::kKeep) {
  OpenOptions options;
  options.mutable_bounded_semaphore()->set_value(value);
  options.mutable_bounded_semaphore()->set_release_on_exit(on_exit == OnExit::kRelease);
  return options;
}

// `lock` 0: an RLock of its own.
inline OpenOptions a_condition(uint64_t lock = 0) {
  OpenOptions options;
  options.mutable_condition()->set_lock(lock);
  return options;
}

inline OpenOptions an_event() {
  OpenOptions options;
  options.mutable_event();
  return options;
}

inline OpenOptions a_barrier(int64_t parties,
                             std::optional<manager::Duration> timeout = std::nullopt) {
  OpenOptions options;
  options.mutable_barrier()->set_parties(parties);
  if (timeout) {
    options.mutable_barrier()->set_timeout_us(static_cast<uint64_t>(timeout->count()));
  }
  return options;
}

inline OpenOptions an_rwlock(OnExit on_exit = OnExit::kKeep) {
  OpenOptions options;
  options.mutable_rwlock()->set_release_on_exit(on_exit == OnExit::kRelease);
  return options;
}

inline OpenOptions a_latch(int64_t count) {
  OpenOptions options;
  options.mutable_latch()->set_count(count);
  return options;
}

inline OpenOptions a_counter(int64_t initial = 0) {
  OpenOptions options;
  options.mutable_counter()->set_initial(initial);
  return options;
}

inline OpenOptions a_pool() {
  OpenOptions options;
  options.mutable_pool();
  return options;
}

inline OpenOptions a_namespace() {
  OpenOptions options;
  options.mutable_namespace_();
  return options;
}

}  // namespace syncmanager::manager
