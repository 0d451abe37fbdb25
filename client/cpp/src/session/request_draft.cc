#include "client/cpp/src/session/request_draft.h"

namespace syncmanager {
namespace {

// A larger buffer isn't kept for the thread's next request.
constexpr size_t kKeptBytes = 64 * 1024;

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

EncodedMessage& RequestDraft::encode() {
  if (encoded_.front.capacity() > kKeptBytes) encoded_.front = std::string();
  const size_t size = request_->ByteSizeLong();
  if (size > kKeptBytes) {
    encoded_ = encode_moving(*request_);
    arena_.Reset();  // The value isn't kept twice while its call waits.
    return encoded_;
  }
  encoded_.large = std::string();
  encoded_.front.resize(size);
  request_->SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(encoded_.front.data()));
  return encoded_;
}

}  // namespace syncmanager
