#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace syncmanager::bench {

using Bytes = std::vector<std::byte>;

// Calls a system under test as its own C or C++ users do. The operations are those of one dict and
// of queues by name.
//
// A caller belongs to one thread. Every function throws std::exception when the system refuses or
// has gone, so that no run measures errors.
class Caller {
 public:
  virtual ~Caller() = default;

  // A caller for another thread of this program: on the same connection where the system's clients
  // can share one, on its own where they can't.
  virtual std::unique_ptr<Caller> for_another_thread() = 0;

  // One operation and its answer. get() throws if there is no such key.
  virtual void set(const std::string& key, const std::string& value) = 0;
  virtual std::string get(const std::string& key) = 0;
  virtual void put(const std::string& queue, const std::string& item) = 0;
  // Waits until there is an item.
  virtual std::string take(const std::string& queue) = 0;

  // Sends bytes and gets them back. Returns whether they are equal.
  virtual bool set_and_get(const std::string& key, const Bytes& value) = 0;
  virtual bool put_and_take(const std::string& queue, const Bytes& item) = 0;
  virtual void erase(const std::string& key) = 0;

  // Send operations without waiting. Each receive() waits for the answer to the oldest one. A
  // caller may keep operations back until the next receive() or flush().
  virtual void send_set(const std::string& key, const std::string& value) = 0;
  virtual void send_get(const std::string& key) = 0;
  virtual void send_put(const std::string& queue, const std::string& item) = 0;
  virtual void send_take(const std::string& queue) = 0;
  virtual void flush() = 0;
  virtual void receive() = 0;
};

// Where a client program finds its server, and how the client behaves.
struct Route {
  std::string system;    // "ours" or "redis": CPython's clients are Python programs.
  std::string address;   // Ours: a Client's URL. Redis: unix:PATH or tcp:HOST:PORT.
  std::string key_file;  // Redis has none.
  bool spin = true;      // Ours: wait for an answer by polling for a moment before sleeping.
};

// Connect and authenticate. The connection has carried an answer when they return.
std::unique_ptr<Caller> connect_ours(const Route& route);
std::unique_ptr<Caller> connect_redis(const Route& route);

}  // namespace syncmanager::bench
