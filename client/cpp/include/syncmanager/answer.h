#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <syncmanager/conversions.h>
#include <syncmanager/decoder.h>
#include <syncmanager/reference.h>

namespace syncmanager {

// A grant of a lock.
struct Grant {
  uint64_t fencing = 0;    // Grows with every grant of the lock, and never goes back.
  bool abandoned = false;  // The holder before died holding it.
  bool timed_out = false;  // Of a Condition's wait.
};

// Part of a container; the views are into the answer that it came with.
struct Page {
  std::vector<std::string_view> values;
  uint64_t cursor = 0;   // Where the next page begins; 0: this was the last.
  uint64_t version = 0;  // Of the container.
};

// Why a call has no answer.
enum class Loss : uint8_t {
  kNone,     // It has one.
  kClosed,   // This client was closed.
  kSession,  // The session is lost.
};

// The manager's answer to one call: its outcome and its result. Each accessor throws the Error of
// an outcome that its return value can't express. References in a result that isn't read are given
// back. Movable, not copyable; one thread at a time.
class Answer {
 public:
  // Makes the answer of a call that hasn't been answered yet. `operation` is a literal.
  Answer(ReferencePtr reference, const char* operation)
      : reference_(std::move(reference)), operation_(operation) {}
  // One value of a reply that has several, with the references in it. `operation` outlives it.
  static Answer of(ReferencePtr reference, const char* operation, std::string_view value);
  Answer(Answer&&) noexcept = default;
  Answer& operator=(Answer&&) noexcept = default;
  ~Answer();

  void require() const;    // OK, or it throws.
  bool in_time() const;    // False: timed out, or would have had to wait.
  bool found() const;      // False: no such key, index or attribute.
  bool unchanged() const;  // False: the container isn't of the version that was asked for.
  void in_range() const;   // OK, or it throws; std::out_of_range for no such key.
  bool existed() const;    // False: no such object.
  bool cancelled() const;  // Whether it was cancelled before it was served; never throws.

  // The result. REQUIRES: OK. Throws WrongType if it isn't a T; each can be read once.
  template <class T>
  T as() {
    return read([](Decoder& decoder) { return from_value(decoder, std::type_identity<T>{}); });
  }
  // The same by a reading of one's own.
  template <class Read>
  auto read(Read read) {
    Decoder decoder(value(), *reference_, operation_);
    return read(decoder);
  }
  template <class T>
  std::optional<T> as_if(bool condition) {
    return condition ? std::optional<T>(as<T>()) : std::nullopt;
  }
  bool boolean() { return as<bool>(); }
  Grant grant() const;
  Page page() const;
  // For an item of a reliable queue, which is a value too: the number of the delivery, and how
  // often the item was delivered, this delivery included. 0 for any other answer.
  uint64_t delivery() const { return delivery_; }
  uint64_t deliveries() const { return deliveries_; }
  // A decoder for a value of a page of this answer.
  Decoder decoder(std::string_view encoded) const {
    return Decoder(encoded, *reference_, operation_);
  }
  // The result as it came, for the registry's own.
  std::string_view result() const { return std::string_view(memory_).substr(result_begin_); }

  // The raw answer, for a client in another language: a wire::Outcome, the number of the
  // wire::Reply field that has the result (0: none), and the manager's message. None of these
  // throws.
  Loss loss() const { return loss_; }
  int outcome() const { return outcome_; }
  uint32_t kind() const { return kind_; }
  const std::string& message() const { return message_; }

  const ReferencePtr& reference() const { return reference_; }
  // Returns the text of an Error: the object, the operation, and then `why`.
  std::string describe(std::string_view why) const;

 private:
  friend class PendingCalls;
  friend class PendingAnswer;

  // Passes on the encoded value; what is not read of it is the decoder's to give back.
  std::string_view value();
  [[noreturn]] void fail() const;
  bool is_lost() const { return loss_ != Loss::kNone; }

  ReferencePtr reference_;
  const char* operation_;
  Loss loss_ = Loss::kNone;  // message_ says why.
  bool unread_ = false;      // The result may have references that nobody has adopted.
  int outcome_ = 0;          // wire::Outcome.
  uint32_t kind_ = 0;        // Which field of wire::Reply the result is; 0: none.
  uint64_t delivery_ = 0;
  uint64_t deliveries_ = 0;
  std::string message_;
  std::string memory_;       // Ends with the result,
  size_t result_begin_ = 0;  // which begins here.
};

}  // namespace syncmanager
