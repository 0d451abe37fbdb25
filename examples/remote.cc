// The same over TCP: a client on any host needs the address and the key. With a wrong key the
// manager refuses it, and says no more than that.

#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>

#include <iostream>

using syncmanager::Client;

int main() {
  syncmanager::OwnManager manager({.listen = {"tcp://127.0.0.1:0"}});
  const std::string url = manager.addresses()[1];

  Client server_side(url, {.key_file = manager.key_file()});
  auto jobs = server_side.queue<std::string>("jobs");
  jobs.put("a job from one host");

  Client worker(url, {.key_file = manager.key_file()});
  std::cout << "taken on another: " << worker.queue<std::string>("jobs").get() << '\n';

  try {
    syncmanager::OwnManager elsewhere;  // Its key is of the same name, and another one.
    Client stranger(url, {.key_file = elsewhere.key_file()});
    std::cout << "a stranger was let in\n";
    return 1;
  } catch (const syncmanager::AuthenticationFailed& error) {
    std::cout << "a wrong key: " << error.what() << '\n';
    return 0;
  }
}
