#pragma once

#include <cstdint>

namespace syncmanager {

// Whether the manager is silent: nothing has arrived between two heartbeats of this side, an answer
// to the first one included. The keeper sends them (keeper.h).
class Heartbeat {
 public:
  // A heartbeat leaves. Returns whether nothing has arrived since the one before.
  bool beat() {
    const bool silent = awaits_answer_ && frames_ == frames_at_beat_;
    frames_at_beat_ = frames_;
    awaits_answer_ = true;
    return silent;
  }
  void frame_arrived() { ++frames_; }
  // The answer to a heartbeat has arrived, or the connection that it would have come by is gone.
  void answered() { awaits_answer_ = false; }
  bool awaits_answer() const { return awaits_answer_; }

 private:
  uint64_t frames_ = 0;
  uint64_t frames_at_beat_ = 0;
  bool awaits_answer_ = false;
};

}  // namespace syncmanager
