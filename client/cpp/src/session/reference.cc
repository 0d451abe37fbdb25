#include "syncmanager/reference.h"

#include <cctype>

#include "client/cpp/src/session/session.h"

namespace syncmanager {

Reference::Reference(std::shared_ptr<Session> session, uint64_t object, std::string_view type,
                     std::string_view name)
    : session_(std::move(session)), object_(object), type_(type), name_(name) {}

Reference::Reference(const std::shared_ptr<const Reference>& base, const Fence& fence)
    : session_(base->session_),
      object_(base->object_),
      type_(base->type_),
      name_(base->name_),
      fence_(fence),
      base_(base) {}

std::shared_ptr<const Reference> Reference::at_version(const std::shared_ptr<const Reference>& base,
                                                       uint64_t version) {
  auto same = std::make_shared<Reference>(base, base->fence_);
  same->version_ = version;
  return same;
}

std::shared_ptr<const Reference> Reference::uncounted(const Reference& other) {
  auto same = std::make_shared<Reference>(other.session_, other.object_, other.type_, other.name_);
  same->counted_ = false;
  return same;
}

Reference::~Reference() {
  if (object_ != 0 && base_ == nullptr && counted_) session_->forget(object_);
}

std::string Reference::description() const {
  if (object_ == 0 && name_.empty()) return session_->where();
  std::string text;
  for (const char c : type_) {
    text.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return text + (name_.empty() ? " " + std::to_string(object_) : " \"" + name_ + "\"");
}

}  // namespace syncmanager
