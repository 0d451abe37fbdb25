#include "manager/objects/page.h"

#include "absl/strings/str_cat.h"
#include "manager/core/engine.h"
#include "manager/core/session.h"

namespace syncmanager::manager {

bool same_version(Call& call, uint64_t wanted, uint64_t version, const char* type) {
  if (wanted == 0 || wanted == version) return true;
  call.refuse(wire::CHANGED, absl::StrCat(type, " changed during iteration"));
  return false;
}

PageBuilder::PageBuilder(Call& call, uint64_t version) : call_(&call) {
  reply_.mutable_page()->set_version(version);
}

bool PageBuilder::has_room(size_t bytes) const {
  if (bytes_ == 0) return true;
  return bytes_ + bytes + kFraming <= call_->session().engine().limits().page_bytes;
}

void PageBuilder::add(const Stored& value) {
  call_->adopt(value);
  add_encoded(value.bytes());
}

void PageBuilder::add_encoded(std::string_view value) {
  reply_.mutable_page()->add_values(value.data(), value.size());
  bytes_ += value.size() + kFraming;
}

void PageBuilder::reply(uint64_t cursor) {
  reply_.mutable_page()->set_cursor(cursor);
  call_->reply(reply_);
}

}  // namespace syncmanager::manager
