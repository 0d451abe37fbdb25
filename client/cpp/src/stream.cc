#include "client/cpp/src/stream.h"

#include <utility>

#include "protos/frame.h"

namespace syncmanager {
namespace {

void* pointer_of(uintptr_t tag) { return reinterpret_cast<void*>(tag); }

gpr_timespec gpr_time_of(ClientStream::Clock::time_point deadline) {
  if (deadline == ClientStream::Clock::time_point::min()) return gpr_time_0(GPR_CLOCK_MONOTONIC);
  if (deadline == ClientStream::Clock::time_point::max())
    return gpr_inf_future(GPR_CLOCK_MONOTONIC);
  const auto left =
      std::chrono::ceil<std::chrono::microseconds>(deadline - ClientStream::Clock::now());
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_micros(left.count(), GPR_TIMESPAN));
}

}  // namespace

ClientStream::ClientStream(int socket)
    : socket_(socket), channel_(make_channel(socket)), stub_(channel_) {}

ClientStream::~ClientStream() {
  if (messages_ != nullptr) call_.TryCancel();
  nudge_.reset();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

void ClientStream::open() {
  messages_ = stub_.PrepareCall(&call_, kSessionMethod, &queue_);
  messages_->StartCall(pointer_of(kOpen));
}

void ClientStream::write(const grpc::ByteBuffer& message) {
  // gRPC's queue orders the write before its event, but by Abseil's locks, which ThreadSanitizer
  // doesn't see in Debian's build: what the writer did is visible to whoever learns that it's done.
  writes_.fetch_add(1, std::memory_order_release);
  messages_->Write(message, pointer_of(kWrite));
}

// Not before somebody waits for it: gRPC tells the manager at once that there is room again, and
// alone that message would wake it for nothing. After the next request it finds the manager awake.
void ClientStream::read() { wants_read_ = true; }

void ClientStream::read_now() {
  if (std::exchange(wants_read_, false)) messages_->Read(&incoming_, pointer_of(kRead));
}

std::string_view ClientStream::received() {
  if (!incoming_.TrySingleSlice(&received_).ok() && !incoming_.DumpToSingleSlice(&received_).ok()) {
    return {};
  }
  return {reinterpret_cast<const char*>(received_.begin()), received_.size()};
}

ClientStream::Event ClientStream::next(Clock::time_point deadline) {
  read_now();
  void* tag = nullptr;
  bool ok = false;
  switch (queue_.AsyncNext(&tag, &ok, gpr_time_of(deadline))) {
    case grpc::CompletionQueue::GOT_EVENT:
      return event_of(static_cast<Tag>(reinterpret_cast<uintptr_t>(tag)), ok);
    case grpc::CompletionQueue::TIMEOUT:
    case grpc::CompletionQueue::SHUTDOWN:
      break;
  }
  return Event::kNothing;
}

void ClientStream::nudge() {
  nudge_ = std::make_unique<grpc::Alarm>();
  nudge_->Set(&queue_, gpr_time_0(GPR_CLOCK_MONOTONIC), pointer_of(kNudge));
}

ClientStream::Event ClientStream::event_of(Tag tag, bool ok) {
  if (tag == kNudge) return Event::kNothing;
  if (tag == kFinish) return Event::kClosed;
  if (!ok && tag != kWrite && !finishing_) {
    // What failed has no reason of its own: the call's status has.
    finishing_ = true;
    messages_->Finish(&status_, pointer_of(kFinish));
  }
  // A write fails only as the whole stream does, and then the read fails too.
  if (!ok) return Event::kNothing;
  switch (tag) {
    case kOpen:
      return Event::kOpened;
    case kWrite:
      writes_.load(std::memory_order_acquire);
      return Event::kWritten;
    case kRead:
      return Event::kReceived;
    case kFinish:
    case kNudge:
      break;
  }
  return Event::kNothing;
}

bool ClientStream::was_foreign() const {
  return status_.error_code() == grpc::StatusCode::INTERNAL ||
         status_.error_code() == grpc::StatusCode::UNIMPLEMENTED;
}

std::string ClientStream::why() const {
  if (status_.ok()) return "the manager closed the connection";
  return status_.error_message();
}

}  // namespace syncmanager
