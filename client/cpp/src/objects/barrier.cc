#include "syncmanager/barrier.h"

#include "client/cpp/src/objects/operation.h"

namespace syncmanager {
namespace {

using Op = wire::BarrierOp;

constexpr auto kBarrier = &wire::Request::mutable_barrier;
constexpr Operation kAbort{kBarrier, &Op::mutable_abort, "abort"};
constexpr Operation kInspect{kBarrier, &Op::mutable_inspect, "inspect"};
constexpr Operation kReset{kBarrier, &Op::mutable_reset, "reset"};
constexpr Operation kWait{kBarrier, &Op::mutable_wait, "wait"};

}  // namespace

Barrier::Barrier(const ReferencePtr& registry, std::string_view name, int64_t parties,
                 const BarrierOptions& options)
    : Barrier(open_object(registry, name, kType, [&](wire::RegistryOp::Open& open) {
        open.mutable_barrier()->set_parties(parties);
        if (!options.timeout) return;
        const Timeout timeout = Timeout::after(*options.timeout);
        open.mutable_barrier()->set_timeout_us(*timeout.microseconds());
      })) {}

int64_t Barrier::wait(Timeout timeout) const {
  return ask(reference_, kWait(), timeout).as<int64_t>();
}

void Barrier::abort() const { ask(reference_, kAbort()).require(); }

void Barrier::reset() const { ask(reference_, kReset()).require(); }

Barrier::State Barrier::state() const {
  const Answer answer = ask(reference_, kInspect());
  answer.require();
  const auto state = result_of<wire::BarrierState>(answer);
  return {.parties = static_cast<int64_t>(state.parties()),
          .waiting = static_cast<int64_t>(state.waiting()),
          .broken = state.broken()};
}

}  // namespace syncmanager
