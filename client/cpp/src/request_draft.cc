#include "client/cpp/src/request_draft.h"

namespace syncmanager {
namespace {

// Beyond it a buffer isn't kept for the thread's next request.
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

std::string_view RequestDraft::encode() {
  if (encoded_.capacity() > kKeptBytes) encoded_ = std::string();
  request_->SerializeToString(&encoded_);
  return encoded_;
}

}  // namespace syncmanager
