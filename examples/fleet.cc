// A fleet of processes works through real files. Producers list every file below a directory into a
// bounded Queue; consumers, in processes of their own, hash them with SHA-256 into a dict; a
// Namespace carries the status from which the progress bar is drawn. In the end `sha256sum` checks
// it.
//
//   fleet [DIRECTORY] [PRODUCERS] [CONSUMERS] [SECONDS]        by default /usr/share/doc 2 4
//
// With SECONDS, every so often a consumer is killed with -9 and another one takes its place: the
// queue is reliable, so the file that it had in hand goes to the next consumer, and the result is
// the same.

#include <openssl/evp.h>
#include <syncmanager/client.h>
#include <syncmanager/own_manager.h>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <thread>

#include "children.h"
#include "tools/progress/progress.h"

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using syncmanager::Client;

std::string sha256(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
  for (char block[65536]; file.read(block, sizeof block), file.gcount() > 0;) {
    EVP_DigestUpdate(digest, block, static_cast<size_t>(file.gcount()));
  }
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_DigestFinal_ex(digest, sum, &length);
  EVP_MD_CTX_free(digest);
  std::ostringstream hex;
  for (unsigned int i = 0; i < length; ++i)
    hex << std::hex << std::setw(2) << std::setfill('0') << int{sum[i]};
  return hex.str();
}

syncmanager::Queue<std::string> open_files(const Client& client) {
  return client.queue<std::string>("files", {.capacity = 100, .reliable = true});
}

// Every `of`-th file, beginning with number `first`: the producers share the tree among them.
int produce(const std::string& directory, int first, int of) {
  Client client;
  auto files = open_files(client);
  auto status = client.name_space("status");
  int number = 0;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.is_symlink() || number++ % of != first) continue;
    status.add("listed", 1);           // Before the put: nothing is hashed before it is listed.
    files.put(entry.path().string());  // Waits while the queue is full.
  }
  return 0;
}

int consume() {
  Client client;
  auto files = open_files(client);
  auto sums = client.dict<std::string, std::string>("sums");
  try {
    for (;;) {
      auto file = files.take();
      sums.set(file.item(), sha256(file.item()));
      file.ack();  // If this process dies earlier, another one gets the file.
    }
  } catch (const syncmanager::ShutDown&) {
    return 0;  // The queue is empty and nobody will put into it again.
  }
}

std::string progress_line(const syncmanager::Dict<std::string, std::string>& sums,
                          const syncmanager::Namespace& status,
                          std::chrono::steady_clock::time_point start) {
  const auto hashed = static_cast<int64_t>(sums.size());
  const auto listed = status.get<int64_t>("listed");  // After `hashed`: it is never less.
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start);
  std::ostringstream line;
  line << syncmanager::progress_bar(hashed, listed, 30) << " " << hashed << " of " << listed
       << " files, " << std::lround(static_cast<double>(hashed) / seconds.count()) << " a second";
  return line.str();
}

bool sha256sum_agrees(const syncmanager::Dict<std::string, std::string>& sums) {
  FILE* check = popen("sha256sum --check --quiet", "w");
  for (const auto& [file, sum] : sums) std::fprintf(check, "%s  %s\n", sum.c_str(), file.c_str());
  return pclose(check) == 0;
}

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words[0] == "produce") {
    return produce(words[1], std::stoi(words[2]), std::stoi(words[3]));
  }
  if (!words.empty() && words[0] == "consume") return consume();

  const std::string directory = words.size() > 0 ? words[0] : "/usr/share/doc";
  const int producers = words.size() > 1 ? std::stoi(words[1]) : 2;
  const int consumers = words.size() > 2 ? std::stoi(words[2]) : 4;
  const double seconds = words.size() > 3 ? std::stod(words[3]) : 0;

  syncmanager::OwnManager manager;
  manager.share_with_children();
  Client client(manager.address());
  auto files = open_files(client);
  auto sums = client.dict<std::string, std::string>("sums");
  auto status = client.name_space("status");
  status.set("listed", 0);

  std::printf("%d producers and %d consumers work through %s on %s\n", producers, consumers,
              directory.c_str(), manager.address().c_str());
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  syncmanager::Progress progress(stdout);
  Children producing, consuming;
  for (int i = 0; i < producers; ++i) {
    producing.start({"produce", directory, std::to_string(i), std::to_string(producers)});
  }
  for (int i = 0; i < consumers; ++i) consuming.start({"consume"});

  auto finished = client.event("finished");
  std::thread drawing([&] {
    do {
      progress.show(progress_line(sums, status, start));
    } while (!finished.wait_for(100ms));
  });
  int killed = 0;
  std::thread killing([&] {
    while (seconds > 0 && !finished.wait_for(std::chrono::duration<double>(seconds))) {
      consuming.replace_one({"consume"});
      ++killed;
    }
  });
  bool well = producing.wait();
  files.join();  // A file in a consumer's hand may still come back.
  finished.set();
  drawing.join();
  killing.join();
  files.shut_down();  // The consumers end.
  well = consuming.wait() && well;
  progress.finish(progress_line(sums, status, start));
  if (seconds > 0) std::printf("%d consumers killed\n", killed);

  const bool equal = sha256sum_agrees(sums);
  std::printf("%zu checksums, %s\n", sums.size(),
              equal ? "all as sha256sum says" : "NOT as sha256sum says");
  return well && equal ? 0 : 1;
}
