#include <hiredis/hiredis.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/bench/caller.h"

namespace syncmanager::bench {
namespace {

struct FreeConnection {
  void operator()(redisContext* connection) const { redisFree(connection); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, FreeConnection>;
using Reply = std::unique_ptr<redisReply, FreeReply>;

Connection connect(std::string_view address) {
  if (address.starts_with("unix:")) {
    return Connection(redisConnectUnix(std::string(address.substr(5)).c_str()));
  }
  const std::vector<std::string> parts = absl::StrSplit(std::string(address), ':');
  int port = 0;
  if (parts.size() != 3 || parts[0] != "tcp" || !absl::SimpleAtoi(parts[2], &port)) {
    throw std::invalid_argument("not an address: " + std::string(address));
  }
  return Connection(redisConnect(parts[1].c_str(), port));
}

std::string_view view_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The dict is Redis' own keyspace, a queue is one of its lists: RPUSH puts, BLPOP takes.
class RedisCaller final : public Caller {
 public:
  explicit RedisCaller(std::string address)
      : address_(std::move(address)), connection_(connect(address_)) {
    if (connection_ == nullptr || connection_->err != 0) {
      throw std::runtime_error(
          absl::StrCat("redis: ", connection_ == nullptr ? "no memory" : connection_->errstr));
    }
    send<1>({"PING"});
    receive();
  }

  std::unique_ptr<Caller> for_another_thread() override {
    return std::make_unique<RedisCaller>(address_);
  }

  void set(const std::string& key, const std::string& value) override {
    send_set(key, value);
    receive();
  }
  std::string get(const std::string& key) override {
    send_get(key);
    return std::string(value_of(*next()));
  }
  void put(const std::string& queue, const std::string& item) override {
    send_put(queue, item);
    receive();
  }
  std::string take(const std::string& queue) override {
    send_take(queue);
    return std::string(item_of(*next()));
  }

  // An answer is read where it lies, as is usual with hiredis.
  bool set_and_get(const std::string& key, const Bytes& value) override {
    send<3>({"SET", key, view_of(value)});
    receive();
    send_get(key);
    return value_of(*next()) == view_of(value);
  }
  bool put_and_take(const std::string& queue, const Bytes& item) override {
    send<3>({"RPUSH", queue, view_of(item)});
    receive();
    send_take(queue);
    return item_of(*next()) == view_of(item);
  }
  void erase(const std::string& key) override {
    send<2>({"DEL", key});
    receive();
  }

  void send_set(const std::string& key, const std::string& value) override {
    send<3>({"SET", key, value});
  }
  void send_get(const std::string& key) override { send<2>({"GET", key}); }
  void send_put(const std::string& queue, const std::string& item) override {
    send<3>({"RPUSH", queue, item});
  }
  void send_take(const std::string& queue) override { send<3>({"BLPOP", queue, "0"}); }
  void flush() override {
    for (int done = 0; done == 0;) {
      if (redisBufferWrite(connection_.get(), &done) != REDIS_OK) fail();
    }
  }
  void receive() override { next(); }

 private:
  static std::string_view value_of(const redisReply& reply) {
    if (reply.type != REDIS_REPLY_STRING) throw std::runtime_error("redis: GET: no such key");
    return {reply.str, reply.len};
  }
  static std::string_view item_of(const redisReply& reply) {
    if (reply.type != REDIS_REPLY_ARRAY || reply.elements != 2) {
      throw std::runtime_error("redis: BLPOP: not an item");
    }
    return {reply.element[1]->str, reply.element[1]->len};
  }

  template <size_t kCount>
  void send(const std::array<std::string_view, kCount>& words) {
    std::array<const char*, kCount> starts;
    std::array<size_t, kCount> lengths;
    for (size_t i = 0; i < kCount; ++i) {
      starts[i] = words[i].data();
      lengths[i] = words[i].size();
    }
    if (redisAppendCommandArgv(connection_.get(), static_cast<int>(kCount), starts.data(),
                               lengths.data()) != REDIS_OK) {
      fail();
    }
  }

  // hiredis writes the appended commands before it waits for an answer.
  Reply next() {
    void* received = nullptr;
    if (redisGetReply(connection_.get(), &received) != REDIS_OK) fail();
    Reply reply(static_cast<redisReply*>(received));
    if (reply->type == REDIS_REPLY_ERROR) {
      throw std::runtime_error(absl::StrCat("redis: ", reply->str));
    }
    return reply;
  }

  [[noreturn]] void fail() const {
    throw std::runtime_error(absl::StrCat("redis: ", connection_->errstr));
  }

  const std::string address_;
  const Connection connection_;
};

}  // namespace

std::unique_ptr<Caller> connect_redis(const Route& route) {
  return std::make_unique<RedisCaller>(route.address);
}

}  // namespace syncmanager::bench
