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

// Threads of one program share its Client. An object is opened when it is first used, so that
// connecting is nothing but that.
class OurCaller final : public Caller {
 public:
  explicit OurCaller(Client client) : client_(std::move(client)) {}

  std::unique_ptr<Caller> for_another_thread() override {
    return std::make_unique<OurCaller>(client_);
  }

  void set(const std::string& key, const std::string& value) override { dict().set(key, value); }
  std::string get(const std::string& key) override { return dict().at(key); }
  void put(const std::string& name, const std::string& item) override { queue(name).put(item); }
  std::string take(const std::string& name) override { return queue(name).get(); }

  void send_set(const std::string& key, const std::string& value) override {
    under_way_.emplace_back(dict().async_set(key, value));
  }
  void send_get(const std::string& key) override {
    under_way_.emplace_back(dict().async_find(key));
  }
  void send_put(const std::string& name, const std::string& item) override {
    under_way_.emplace_back(queue(name).async_put(item));
  }
  void send_take(const std::string& name) override {
    under_way_.emplace_back(queue(name).async_get());
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

  const Dict<std::string, std::string>& dict() {
    if (!dict_) dict_ = client_.dict<std::string, std::string>(kDict);
    return *dict_;
  }
  const Queue<std::string>& queue(const std::string& name) {
    const auto found = queues_.find(name);
    if (found != queues_.end()) return found->second;
    return queues_.emplace(name, client_.queue<std::string>(name)).first->second;
  }

  const Client client_;
  std::optional<Dict<std::string, std::string>> dict_;
  std::map<std::string, Queue<std::string>> queues_;
  std::deque<UnderWay> under_way_;
};

}  // namespace

std::unique_ptr<Caller> connect_ours(const Route& route) {
  return std::make_unique<OurCaller>(connect(route));
}

}  // namespace syncmanager::bench
