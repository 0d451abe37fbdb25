#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "manager/core/caller.h"
#include "protos/auth/key_schedule.h"

namespace syncmanager::manager {

// The keys that clients prove to resume their sessions. Not the Engine's: keys enter no journal.
//
// A resumed session has new keys, but its client may never have heard of them, as the message that
// says so may be lost with its stream. So those before count too until the client was heard over
// the newest stream. One thread at a time.
class ResumeKeys {
 public:
  using Keys = std::shared_ptr<const SessionKeys>;

  // The session has been opened, or resumed, with these keys.
  void add(SessionNumber session, std::string_view session_id, std::string_view key_id, Keys keys);
  // Its client has sent a frame that only the newest keys could protect.
  void confirm(SessionNumber session);
  void remove(SessionNumber session);

  // Those of the session of that id, which was opened with that key; none if there is none.
  std::vector<Keys> find(std::string_view session_id, std::string_view key_id) const;
  // 0: there is none.
  SessionNumber number_of(std::string_view session_id) const;

  // Removes the sessions of which `gone(number)` is true.
  template <typename Gone>
  void sweep(Gone gone) {
    for (auto next = entries_.begin(); next != entries_.end();) {
      const auto each = next++;
      if (gone(each->first)) remove(each->first);
    }
  }

 private:
  struct Entry {
    std::string session_id;
    std::string key_id;
    std::vector<Keys> keys;  // Those that its client may know; the newest is the last.
  };

  absl::flat_hash_map<SessionNumber, Entry> entries_;
  absl::flat_hash_map<std::string, SessionNumber> numbers_;  // By session id.
};

}  // namespace syncmanager::manager
