#pragma once

#include <cstdint>
#include <limits>
#include <random>
#include <string_view>

namespace syncmanager {

// The source of a random program's decisions: a seed, or given bytes.
class Dice {
 public:
  virtual ~Dice() = default;

  // A number below `bound`, which isn't 0.
  virtual uint64_t below(uint64_t bound) = 0;
  bool percent(uint64_t chance) { return below(100) < chance; }

  template <typename Container>
  auto& one_of(Container& container) {
    return container[below(container.size())];
  }

  // Small as a rule, now and then at an end of its range.
  template <typename T>
  T number() {
    if (percent(3)) return std::numeric_limits<T>::max();
    if (percent(3)) return std::numeric_limits<T>::min();
    return static_cast<T>(below(6)) - static_cast<T>(percent(20) ? 2 : 0);
  }
};

// A seed's random numbers, the same on every machine.
class SeededDice : public Dice {
 public:
  explicit SeededDice(uint64_t seed) : random_(seed) {}

  uint64_t below(uint64_t bound) override { return random_() % bound; }

 private:
  std::mt19937_64 random_;
};

// Shows what stands in `bytes`, which must outlive it, and 0 when they are used up.
class WrittenDice : public Dice {
 public:
  explicit WrittenDice(std::string_view bytes) : rest_(bytes) {}

  uint64_t below(uint64_t bound) override {
    uint64_t number = 0;
    for (uint64_t range = bound - 1; range > 0 && !at_end(); range >>= 8) {
      number = number << 8 | static_cast<uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
    }
    return number % bound;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace syncmanager
