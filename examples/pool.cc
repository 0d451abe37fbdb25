// A pool of local workers, each a process of its own. One of them is killed by what it does, with
// -9, and another one takes its place: only that task is done again, and every result comes once.

#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>
#include <syncmanager/workers.h>

#include <csignal>
#include <iostream>
#include <numeric>
#include <set>
#include <vector>

using syncmanager::Client;
using syncmanager::Pool;
using syncmanager::Worker;
using syncmanager::Workers;
namespace this_task = syncmanager::this_task;

constexpr int kPoison = 13;

int square(int x) {
  if (x == kPoison && this_task::attempt() == 1) std::raise(SIGKILL);
  return x * x;
}

int main() {
  syncmanager::OwnManager manager;
  manager.share_with_children();
  Workers workers(4, "pool", [](Worker& worker) { worker.add("square", square); });

  Client client(manager.address());
  Pool pool(client, "pool");
  auto seven = pool.submit<int>("square", 7);
  std::cout << "7 * 7 = " << seven.get() << '\n';

  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::set<int> squares;
  for (int result : pool.map_unordered<int>("square", numbers)) {  // As they come.
    if (!squares.insert(result).second) std::cout << result << " came twice\n";
  }
  std::cout << squares.size() << " different squares\n";

  // Where nothing may be begun twice, the task that kills its worker is lost, and nothing else.
  auto lost = pool.with({.idempotent = false}).submit<int>("square", kPoison);
  try {
    lost.get();
  } catch (const syncmanager::WorkerLost& error) {
    std::cout << error.what() << '\n';
  }
  return squares.size() == numbers.size() ? 0 : 1;
}
