// RLock, after threading.RLock: its holder is a thread of a process, which may take it again and is
// the only one to release it, as often as it took it.

#include "manager/objects/catalog.h"
#include "manager/objects/lockable.h"

namespace syncmanager::manager {
namespace {

class RLock final : public Lockable {
 public:
  using Lockable::Lockable;

  bool serves(Caller caller) const override { return locked() && holder()->caller == caller; }

 private:
  bool reentrant() const override { return true; }
  // Anybody may release a lock that is left behind: its holder isn't there to do it.
  bool may_release(Caller caller) const override {
    return holder()->caller == caller || holder()->left_behind;
  }
  const char* not_held() const override { return "cannot release un-acquired lock"; }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Object>> make_rlock(const Options& options) {
  return std::make_unique<RLock>(options.rlock().release_on_exit());
}

}  // namespace syncmanager::manager
