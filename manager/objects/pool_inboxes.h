#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "manager/core/call.h"
#include "manager/core/caller.h"
#include "manager/core/snapshot.h"
#include "manager/core/stored.h"
#include "protos/pool.pb.h"

namespace syncmanager::manager {

// Whose an inbox is and what it is called; nobody's session: it is kept.
using InboxKey = std::pair<SessionNumber, std::string>;
// The key of the inbox that a call names.
InboxKey key_of(const Call& call, const wire::Inbox& inbox);

// The result of a task, or its progress.
struct PoolResult {
  uint64_t ticket;
  wire::TaskResults::Kind kind;
  std::optional<Stored> value;  // Nothing if the task is lost.
  uint64_t task;
  std::vector<std::string> workers = {};

  void write(wire::TaskResults::Result& result) const;
};

// Where the results of some tasks go, and which tasks these are.
struct Inbox {
  absl::btree_map<uint64_t, uint64_t> tasks;  // The numbers of those asked for, by their tickets.
  uint64_t dead = 0;                          // Tasks that would come here if they were retried.
  std::deque<PoolResult> results;
  // For a kept inbox: each session's last results, which come back if the session dies.
  absl::btree_map<SessionNumber, std::vector<PoolResult>> collected;

  bool needed() const {
    return !tasks.empty() || dead != 0 || !results.empty() || !collected.empty();
  }
};

// The inboxes that have tasks or results. An inbox stays where it is while it is needed.
class PoolInboxes {
 public:
  using Node = std::pair<const InboxKey, Inbox>;

  Node& open(const InboxKey& key) { return *inboxes_.try_emplace(key).first; }
  // Null if it isn't needed.
  Node* find(const InboxKey& key);
  bool has_results(const InboxKey& key) const;
  // Ends the inbox if nothing needs it any more.
  void erase_if_unneeded(const Node& inbox);
  // Takes `most` results (0: any number) of about `bytes` bytes altogether, at least one, into
  // `results`. What a kept inbox gives stays its own until the session collects again.
  std::vector<PoolResult> collect(Node& inbox, uint64_t max, size_t bytes);
  // The session's own inboxes, to be emptied and ended with erase_if_unneeded().
  std::vector<Node*> of_session(SessionNumber session);
  // The kept ones get back what the session had collected, and are returned; with `goodbye` they
  // don't, as the session left of its own will.
  std::vector<Node*> returned_by(SessionNumber session, bool goodbye);

  void save(Snapshot& snapshot) const;

 private:
  std::map<InboxKey, Inbox> inboxes_;
};

}  // namespace syncmanager::manager
