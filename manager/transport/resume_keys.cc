#include "manager/transport/resume_keys.h"

#include <utility>

namespace syncmanager::manager {
namespace {

// A peer that was never heard after kMaxKeys resumptions in turn is no client.
constexpr size_t kMaxKeys = 8;

}  // namespace

void ResumeKeys::add(SessionNumber session, std::string_view session_id, std::string_view key_id,
                     Keys keys) {
  Entry& entry = entries_[session];
  entry.session_id = session_id;
  entry.key_id = key_id;
  if (entry.keys.size() == kMaxKeys) entry.keys.erase(entry.keys.begin());
  entry.keys.push_back(std::move(keys));
  numbers_[entry.session_id] = session;
}

void ResumeKeys::confirm(SessionNumber session) {
  const auto found = entries_.find(session);
  if (found == entries_.end() || found->second.keys.size() == 1) return;
  found->second.keys.erase(found->second.keys.begin(), found->second.keys.end() - 1);
}

void ResumeKeys::remove(SessionNumber session) {
  const auto found = entries_.find(session);
  if (found == entries_.end()) return;
  numbers_.erase(found->second.session_id);
  entries_.erase(found);
}

std::vector<ResumeKeys::Keys> ResumeKeys::find(std::string_view session_id,
                                               std::string_view key_id) const {
  const auto found = entries_.find(number_of(session_id));
  if (found == entries_.end() || found->second.key_id != key_id) return {};
  return found->second.keys;
}

SessionNumber ResumeKeys::number_of(std::string_view session_id) const {
  const auto found = numbers_.find(std::string(session_id));
  return found == numbers_.end() ? 0 : found->second;
}

}  // namespace syncmanager::manager
