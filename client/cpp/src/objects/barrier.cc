#include "syncmanager/barrier.h"

#include "client/cpp/src/session/ask.h"

namespace syncmanager {

Barrier::Barrier(const ReferencePtr& registry, std::string_view name, int64_t parties,
                 const BarrierOptions& options)
    : Barrier(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_barrier()->set_parties(parties);
        if (!options.timeout) return;
        const Timeout timeout = Timeout::after(*options.timeout);
        open.mutable_barrier()->set_timeout_us(*timeout.microseconds());
      })) {}

int64_t Barrier::wait(Timeout timeout) const {
  return ask(reference_, "wait", timeout,
             [](wire::Request& request) { request.mutable_barrier()->mutable_wait(); })
      .as<int64_t>();
}

void Barrier::abort() const {
  ask(reference_, "abort", Timeout::never(), [](wire::Request& request) {
    request.mutable_barrier()->mutable_abort();
  }).require();
}

void Barrier::reset() const {
  ask(reference_, "reset", Timeout::never(), [](wire::Request& request) {
    request.mutable_barrier()->mutable_reset();
  }).require();
}

Barrier::State Barrier::state() const {
  const Answer answer = ask(reference_, "inspect", Timeout::never(), [](wire::Request& request) {
    request.mutable_barrier()->mutable_inspect();
  });
  answer.require();
  wire::BarrierState state;
  state.ParseFromArray(answer.result().data(), static_cast<int>(answer.result().size()));
  return {.parties = static_cast<int64_t>(state.parties()),
          .waiting = static_cast<int64_t>(state.waiting()),
          .broken = state.broken()};
}

}  // namespace syncmanager
