#pragma once

#include <syncmanager/client_options.h>
#include <syncmanager/worker.h>
#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace syncmanager {

class InForkedChild;

struct WorkersOptions {
  std::string url;       // As Client takes it. Empty: as Client() finds it.
  ClientOptions client;  // Without a name each is called "worker" and its process' number.
};

// Local workers: child processes with a Client and a Worker each, as multiprocessing.Pool has them.
// One that is killed is replaced; one whose connection fails says why on standard error and isn't.
//
//   Workers workers(4, "pool", [](Worker& worker) { worker.add("square", square); });
//   Client client;
//
// They are forked by a first process, which is forked here, makes no Client and replaces those that
// are killed. They end with this object, and are killed when this process dies, however it dies, or
// the thread that made them ends. A forked child has a copy of this object that does nothing.
class Workers {
 public:
  // `prepare` adds the functions, in the children. Throws Error if this process can't fork.
  // REQUIRES: it has no other thread but those of Clients.
  Workers(size_t processes, const std::string& pool, const std::function<void(Worker&)>& prepare,
          const WorkersOptions& options = {});
  // Stops them (Worker::stop) and waits: what they are doing is done to its end.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

 private:
  const std::unique_ptr<InForkedChild> forked_;
  pid_t nursery_;  // The process that forks them; -1 in a forked child.
};

}  // namespace syncmanager
