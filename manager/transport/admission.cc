#include "manager/transport/admission.h"

#include <algorithm>

#include "manager/core/check.h"

namespace syncmanager {

Admission::Verdict Admission::admit(std::string_view source, uint32_t draw, Instant now) {
  const std::lock_guard lock(mutex_);
  if (source.empty()) {
    if (unix_ >= limits_.unauthenticated) return Verdict::kTooMany;
    ++unix_;
    return Verdict::kAdmitted;
  }
  // A source that is refused isn't remembered for it: a flood from many must not push out those
  // whose failures count.
  const auto known = sources_.find(source);
  if (known != sources_.end()) {
    if (has_failed_often(known->second, now)) return Verdict::kTooManyFailures;
    if (known->second.open >= limits_.unauthenticated_per_source) return Verdict::kTooManyOfSource;
  }
  if (tcp_ >= limits_.unauthenticated) return Verdict::kTooMany;
  const bool trusted = known != sources_.end() && now < known->second.trusted_until;
  if (!trusted && drops_early(draw)) return Verdict::kDroppedEarly;
  ++remember(source, now).open;
  ++tcp_;
  return Verdict::kAdmitted;
}

void Admission::authenticated(std::string_view source, Instant now) {
  const std::lock_guard lock(mutex_);
  leave(source);
  if (!source.empty()) remember(source, now).trusted_until = now + limits_.trust;
}

void Admission::failed(std::string_view source, Instant now) {
  if (source.empty()) return;
  const std::lock_guard lock(mutex_);
  Source& known = remember(source, now);
  // A failure that was admitted before the last one was spent costs no more than all of them, so
  // that nobody is shut out for longer than it takes to forgive that many.
  const Instant most = now + limits_.failures * limits_.failure_refill;
  known.forgiven = std::min(std::max(known.forgiven, now) + limits_.failure_refill, most);
}

void Admission::closed(std::string_view source) {
  const std::lock_guard lock(mutex_);
  leave(source);
}

int Admission::unauthenticated() const {
  const std::lock_guard lock(mutex_);
  return tcp_ + unix_;
}

// Whether less than one whole failure is left to be spent.
bool Admission::has_failed_often(const Source& source, Instant now) const {
  return source.forgiven > now + (limits_.failures - 1) * limits_.failure_refill;
}

// As sshd's MaxStartups "start:rate:full".
bool Admission::drops_early(uint32_t draw) const {
  const int from = limits_.early_drop_from;
  if (tcp_ < from) return false;
  const int range = std::max(limits_.unauthenticated - from, 1);
  const int percent =
      limits_.early_drop_percent + (100 - limits_.early_drop_percent) * (tcp_ - from) / range;
  return draw < static_cast<uint32_t>(percent);
}

Admission::Source& Admission::remember(std::string_view name, Instant now) {
  const auto known = sources_.find(name);
  if (known == sources_.end() && sources_.size() >= limits_.sources) make_room(now);
  Source& source = known != sources_.end() ? known->second : sources_[std::string(name)];
  source.last_seen = now;
  return source;
}

// Forgets whoever there is nothing to remember of. If that is nobody, the source that was quiet for
// longest; never one that has connections here, of which there are no more than the limit.
void Admission::make_room(Instant now) {
  std::erase_if(sources_, [now](const auto& entry) {
    const Source& source = entry.second;
    return source.open == 0 && source.forgiven <= now && source.trusted_until <= now;
  });
  if (sources_.size() < limits_.sources) return;
  auto quietest = sources_.end();
  for (auto each = sources_.begin(); each != sources_.end(); ++each) {
    if (each->second.open > 0) continue;
    if (quietest == sources_.end() || each->second.last_seen < quietest->second.last_seen) {
      quietest = each;
    }
  }
  if (quietest != sources_.end()) sources_.erase(quietest);
}

void Admission::leave(std::string_view name) {
  int& count = name.empty() ? unix_ : tcp_;
  CHECK(count > 0);
  --count;
  if (name.empty()) return;
  const auto source = sources_.find(name);
  CHECK(source != sources_.end() && source->second.open > 0);
  --source->second.open;
}

std::string_view to_string(Admission::Verdict verdict) {
  switch (verdict) {
    case Admission::Verdict::kAdmitted:
      return "admitted";
    case Admission::Verdict::kTooMany:
      return "too many unauthenticated connections";
    case Admission::Verdict::kDroppedEarly:
      return "dropped early";
    case Admission::Verdict::kTooManyOfSource:
      return "too many unauthenticated of this source";
    case Admission::Verdict::kTooManyFailures:
      return "too many failed proofs";
  }
  return "unknown";
}

}  // namespace syncmanager
