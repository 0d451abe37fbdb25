// A namespace changed in one process is seen in another.

#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>

#include <iostream>

#include "children.h"

using syncmanager::Client;

int publish() {
  Client client;
  auto status = client.name_space("status");
  auto changed = client.event("changed");
  status.set("phase", "counting");
  status.set("progress", 0.5);
  status.add("rounds", 3);
  changed.set();
  return 0;
}

int main(int argc, char**) {
  if (argc > 1) return publish();

  syncmanager::OwnManager manager;
  manager.share_with_children();
  Client client(manager.address());
  auto status = client.name_space("status");
  auto changed = client.event("changed");
  status.set("phase", "starting");
  status.set("rounds", 0);

  Children children;
  children.start({"publish"});
  changed.wait();
  std::cout << "phase " << status.get<std::string>("phase")     //
            << ", progress " << status.get<double>("progress")  //
            << ", rounds " << status.get<int64_t>("rounds") << '\n';
  return children.wait() ? 0 : 1;
}
