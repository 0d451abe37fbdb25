#include <syncmanager/client.h>

#include <chrono>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "tools/bench/caller.h"

namespace syncmanager::bench {
namespace {

constexpr const char* kDict = "bench";

Client connect(const Route& route) {
  ClientOptions options;
  options.key_file = route.key_file;
  options.name = "bench";
  if (!route.spin) options.spin = std::chrono::microseconds(0);
  return Client(route.address, options);
}

// The dict and the queues, with values of type T. Each is opened when it is first used, so that
// connecting is nothing but that.
template <class T>
class Objects {
 public:
  explicit Objects(Client client) : client_(std::move(client)) {}

  const Dict<std::string, T>& dict() {
    if (!dict_) dict_ = client_.dict<std::string, T>(kDict);
    return *dict_;
  }
  const Queue<T>& queue(const std::string& name) {
    const auto found = queues_.find(name);
    if (found != queues_.end()) return found->second;
    return queues_.emplace(name, client_.queue<T>(name)).first->second;
  }

 private:
  const Client client_;
  std::optional<Dict<std::string, T>> dict_;
  std::map<std::string, Queue<T>> queues_;
};

// Threads of one program share its Client.
class OurCaller final : public Caller {
 public:
  explicit OurCaller(Client client)
      : client_(std::move(client)), texts_(client_), bytes_(client_) {}

  std::unique_ptr<Caller> for_another_thread() override {
    return std::make_unique<OurCaller>(client_);
  }

  void set(const std::string& key, const std::string& value) override {
    texts_.dict().set(key, value);
  }
  std::string get(const std::string& key) override { return texts_.dict().at(key); }
  void put(const std::string& name, const std::string& item) override {
    texts_.queue(name).put(item);
  }
  std::string take(const std::string& name) override { return texts_.queue(name).get(); }

  bool set_and_get(const std::string& key, const Bytes& value) override {
    bytes_.dict().set(key, value);
    return bytes_.dict().at(key) == value;
  }
  bool put_and_take(const std::string& name, const Bytes& item) override {
    bytes_.queue(name).put(item);
    return bytes_.queue(name).get() == item;
  }
  void erase(const std::string& key) override { bytes_.dict().erase(key); }

  void send_set(const std::string& key, const std::string& value) override {
    under_way_.emplace_back(texts_.dict().async_set(key, value));
  }
  void send_get(const std::string& key) override {
    under_way_.emplace_back(texts_.dict().async_find(key));
  }
  void send_put(const std::string& name, const std::string& item) override {
    under_way_.emplace_back(texts_.queue(name).async_put(item));
  }
  void send_take(const std::string& name) override {
    under_way_.emplace_back(texts_.queue(name).async_get());
  }
  // Requests of a session are performed in their order: when this one is answered, those before
  // have been performed or parked.
  void flush() override { client_.ping(); }
  void receive() override {
    std::visit([](auto& future) { accept(future); }, under_way_.front());
    under_way_.pop_front();
  }

 private:
  using Found = std::optional<std::string>;
  using UnderWay = std::variant<Future<void>, Future<Found>, Future<std::string>>;

  static void accept(Future<void>& done) { done.get(); }
  static void accept(Future<std::string>& taken) { taken.get(); }
  static void accept(Future<Found>& found) {
    if (!found.get()) throw std::runtime_error("ours: find: no such key");
  }

  const Client client_;
  Objects<std::string> texts_;
  Objects<Bytes> bytes_;
  std::deque<UnderWay> under_way_;
};

}  // namespace

std::unique_ptr<Caller> connect_ours(const Route& route) {
  return std::make_unique<OurCaller>(connect(route));
}

}  // namespace syncmanager::bench
