#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace syncmanager::manager {

class Object;

// A value at rest in an object: its encoded bytes, charged to the object for as long as this lives,
// together with the references to other objects that it contains. Objects get one from
// Object::store() and let go of it by destroying it: that is all the accounting they do.
class Stored {
 public:
  // The cost of a stored value beside its bytes: this object and its share of a container.
  static constexpr size_t kOverhead = 64;

  Stored(Stored&& other) noexcept
      : owner_(std::exchange(other.owner_, nullptr)),
        has_references_(other.has_references_),
        bytes_(std::move(other.bytes_)) {}
  Stored& operator=(Stored&& other) noexcept;
  ~Stored();

  std::string_view bytes() const { return bytes_; }
  bool has_references() const { return has_references_; }
  // The bytes of a value without references, to be changed where they are: their number stays, and
  // with it the charge.
  std::span<char> cells() { return bytes_; }
  size_t charge() const { return bytes_.size() + kOverhead; }

 private:
  friend class Object;
  Stored(Object& owner, std::string bytes, bool has_references)
      : owner_(&owner), has_references_(has_references), bytes_(std::move(bytes)) {}

  Object* owner_;  // Null once it is moved from.
  bool has_references_;
  std::string bytes_;
};

}  // namespace syncmanager::manager
