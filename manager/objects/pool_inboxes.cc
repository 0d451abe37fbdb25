#include "manager/objects/pool_inboxes.h"

#include <iterator>

namespace syncmanager::manager {
namespace {

void save(const PoolResult& result, Snapshot& snapshot) {
  snapshot.number(result.ticket);
  snapshot.number(static_cast<uint64_t>(result.kind));
  snapshot.text(result.value ? result.value->bytes() : std::string_view());
  snapshot.number(result.task);
  snapshot.number(result.workers.size());
  for (const std::string& worker : result.workers) snapshot.text(worker);
}

template <class Results>
void save_all(const Results& results, Snapshot& snapshot) {
  snapshot.number(results.size());
  for (const PoolResult& result : results) save(result, snapshot);
}

}  // namespace

void PoolResult::write(wire::TaskResults::Result& result) const {
  result.set_ticket(ticket);
  result.set_kind(kind);
  if (value) result.set_value(value->bytes().data(), value->bytes().size());
  result.set_task(task);
  for (const std::string& worker : workers) result.add_workers(worker);
}

InboxKey key_of(const Call& call, const wire::Inbox& inbox) {
  return {inbox.kept() ? 0 : call.caller().session, inbox.name()};
}

PoolInboxes::Node* PoolInboxes::find(const InboxKey& key) {
  const auto found = inboxes_.find(key);
  return found == inboxes_.end() ? nullptr : &*found;
}

bool PoolInboxes::has_results(const InboxKey& key) const {
  const auto found = inboxes_.find(key);
  return found != inboxes_.end() && !found->second.results.empty();
}

void PoolInboxes::erase_if_unneeded(const Node& inbox) {
  if (!inbox.second.needed()) inboxes_.erase(inboxes_.find(inbox.first));
}

std::vector<PoolResult> PoolInboxes::collect(Node& inbox, uint64_t max, size_t bytes) {
  std::deque<PoolResult>& results = inbox.second.results;
  std::vector<PoolResult> collected;
  for (size_t taken = 0; !results.empty() && (max == 0 || collected.size() < max);) {
    const PoolResult& next = results.front();
    taken += Stored::kOverhead + (next.value ? next.value->bytes().size() : 0);
    if (!collected.empty() && taken > bytes) break;
    collected.push_back(std::move(results.front()));
    results.pop_front();
  }
  return collected;
}

std::vector<PoolInboxes::Node*> PoolInboxes::of_session(SessionNumber session) {
  std::vector<Node*> found;
  for (auto next = inboxes_.lower_bound({session, ""});
       next != inboxes_.end() && next->first.first == session; ++next) {
    found.push_back(&*next);
  }
  return found;
}

std::vector<PoolInboxes::Node*> PoolInboxes::returned_by(SessionNumber session, bool goodbye) {
  std::vector<Node*> found;
  for (Node* kept : of_session(0)) {
    const auto collected = kept->second.collected.find(session);
    if (collected == kept->second.collected.end()) continue;
    if (!goodbye) {
      kept->second.results.insert(kept->second.results.begin(),
                                  std::make_move_iterator(collected->second.begin()),
                                  std::make_move_iterator(collected->second.end()));
    }
    kept->second.collected.erase(collected);
    found.push_back(kept);
  }
  return found;
}

void PoolInboxes::save(Snapshot& snapshot) const {
  snapshot.number(inboxes_.size());
  for (const auto& [key, inbox] : inboxes_) {
    snapshot.number(key.first);
    snapshot.text(key.second);
    snapshot.number(inbox.tasks.size());
    for (const auto& [ticket, number] : inbox.tasks) {
      snapshot.number(ticket);
      snapshot.number(number);
    }
    snapshot.number(inbox.dead);
    save_all(inbox.results, snapshot);
    snapshot.number(inbox.collected.size());
    for (const auto& [session, results] : inbox.collected) {
      snapshot.number(session);
      save_all(results, snapshot);
    }
  }
}

}  // namespace syncmanager::manager
