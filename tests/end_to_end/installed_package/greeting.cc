#include <syncmanager/client.h>

#include <iostream>

int main() {
  const syncmanager::Client client;
  const auto greetings = client.queue<std::string>("greetings");
  greetings.put("hello");
  std::cout << greetings.get() << '\n';
}
