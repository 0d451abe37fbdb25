#include "client/cpp/src/request_draft.h"

#include <limits>

namespace syncmanager {
namespace {

// Beyond it a buffer isn't kept for the thread's next request.
constexpr size_t kKeptBytes = 64 * 1024;
constexpr size_t kMostBytes = std::numeric_limits<int>::max();

google::protobuf::ArenaOptions options_of(char* block, size_t size) {
  google::protobuf::ArenaOptions options;
  options.initial_block = block;
  options.initial_block_size = size;
  return options;
}

}  // namespace

RequestDraft::RequestDraft() : arena_(options_of(block_, sizeof(block_))) {}

RequestDraft& RequestDraft::fresh() {
  thread_local RequestDraft draft;
  draft.arena_.Reset();
  draft.request_ = google::protobuf::Arena::CreateMessage<wire::Request>(&draft.arena_);
  return draft;
}

std::string& RequestDraft::encode() {
  if (encoded_.capacity() > kKeptBytes) encoded_ = std::string();
  const size_t size = request_->ByteSizeLong();
  encoded_.resize(size <= kMostBytes ? size : 0);
  if (!encoded_.empty()) {
    request_->SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(encoded_.data()));
  }
  if (size > kKeptBytes) arena_.Reset();  // The value isn't kept twice while its call waits.
  return encoded_;
}

}  // namespace syncmanager
