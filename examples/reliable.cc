// Killed workers lose nothing: an item of a reliable queue belongs to its worker until the worker
// says that it is done, and returns to the queue when the worker dies. An item that kills every
// worker goes to the dead letters.

#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>

#include <iostream>

#include "children.h"

using namespace std::chrono_literals;
using syncmanager::Client;
using syncmanager::Queue;

constexpr int kJobs = 100;
constexpr int kPoison = 13;

Queue<int> open_jobs(const Client& client) {
  auto dead = client.queue<int>("dead");
  return client.queue<int>("jobs", {.reliable = true, .max_deliveries = 3, .dead_letters = dead});
}

int work() {
  Client client;
  auto jobs = open_jobs(client);
  auto results = client.dict<int, int>("results");
  auto redelivered = client.value<int>("redelivered", 0);
  try {
    for (;;) {
      auto job = jobs.take();
      if (job.redelivered()) redelivered.add(1);
      if (job.item() == kPoison) raise(SIGKILL);  // Nothing below runs any more.
      results.set(job.item(), job.item() * job.item());
      job.ack();  // Without it, as when set() throws, the job goes back to the head of the queue.
    }
  } catch (const syncmanager::ShutDown&) {
    return 0;
  }
}

int main(int argc, char**) {
  if (argc > 1) return work();

  syncmanager::OwnManager manager;
  manager.share_with_children();
  Client client(manager.address());
  auto jobs = open_jobs(client);
  auto results = client.dict<int, int>("results");
  for (int job = 0; job < kJobs; ++job) jobs.put(job);

  Children workers;
  for (int i = 0; i < 5; ++i) workers.start({"work"});  // Three of them will meet number 13.
  jobs.join();  // Until every job is done, or among the dead letters.
  jobs.shut_down();
  workers.wait();

  const auto dead = client.find<Queue<int>>("dead");
  std::cout << results.size() << " jobs done, " << dead->size() << " dead letter: number "
            << dead->get() << ", delivered " << 1 + client.value<int>("redelivered", 0).get()
            << " times\n";
  return results.size() == kJobs - 1 ? 0 : 1;
}
