// Processes take turns: a Lock around a total, a Condition to wait for one's turn, a Barrier at
// which all of them meet.

#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>

#include <iostream>
#include <mutex>

#include "children.h"

using syncmanager::Client;

constexpr int kPlayers = 3;
constexpr int kRounds = 5;

int play(int me) {
  Client client;
  auto meeting = client.barrier("meeting", kPlayers);
  auto turn = client.condition("turn");
  auto whose = client.value<int>("whose", 0);
  auto counting = client.lock("counting");
  auto total = client.value<int>("total", 0);
  auto log = client.list<std::string>("log");

  meeting.wait();  // No process begins before all have arrived.
  for (int round = 0; round < kRounds; ++round) {
    {
      std::unique_lock mine(turn);
      turn.wait([&] { return whose.get() == me; });
      log.append("round " + std::to_string(round) + ": player " + std::to_string(me));
      whose.set((me + 1) % kPlayers);
      turn.notify_all();
    }
    std::scoped_lock guard(counting);  // Held across processes, released as any mutex is.
    total.set(total.get() + 1);
  }
  meeting.wait();
  return 0;
}

int main(int argc, char** argv) {
  if (argc > 1) return play(std::stoi(argv[1]));

  syncmanager::OwnManager manager;
  manager.share_with_children();
  Client client(manager.address());
  auto total = client.value<int>("total", 0);
  auto log = client.list<std::string>("log");

  Children players;
  for (int i = 0; i < kPlayers; ++i) players.start({std::to_string(i)});
  const bool well = players.wait();
  for (const std::string& line : log) std::cout << line << '\n';
  std::cout << total.get() << " turns\n";
  return well && total.get() == kPlayers * kRounds ? 0 : 1;
}
