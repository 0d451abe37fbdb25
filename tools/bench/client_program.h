#pragma once

#include "tools/bench/caller.h"

namespace syncmanager::bench {

// One client process of a load: connects as `route` says, prints "ready", and then carries out the
// commands on its standard input, each answered by one line, until that ends. Points in time are
// nanoseconds of CLOCK_MONOTONIC, which all processes of a host share: so the processes of a load
// measure the same moments, and a stamp made in one can be read in another.
//
//   load THREADS IN_FLIGHT sliding|batch START END
//       dict set and get in turn until END; counted from START on. Answers ops, cpu (seconds of
//       this process between START and END) and, with one in flight, p50_us and p99_us.
//   carry dict|queue MIB END
//       sets and gets a value of so many MiB, or puts and takes it, until END, once at least.
//       Answers bytes_s: what goes there and back a second, counted twice.
//   fill COUNT           writes so many items to the dict.
//   objects COUNT        makes so many objects: queues with an item.
//   connect END          connects anew and leaves until END. Answers p50_us and p99_us.
//   sessions COUNT       connects so many times and stays.
//   park COUNT           on each of these sessions so many calls that wait for an item.
//   wake                 puts an item for each of them. Answers seconds, until all have theirs.
//   put END              puts the time into a queue, once a millisecond until END.
//   iterate COUNT END    iterates a dict of so many entries again and again. Answers ops:
//                        entries in a second. (Python's alone, as the next two.)
//   proxies END          makes objects and their proxies. Answers ops.
//   tasks COUNT          so many asyncio tasks wait for an event. Answers threads, how
//                        many more they need, and wake_seconds.
//   map COUNT, submit COUNT, imap COUNT, apply COUNT, starmap COUNT, kills SECONDS, deaths
//                        pool_commands.py has them. (Python's alone.)
//   take                 takes these, until the end of that. Answers p50_us and p99_us.
//
// `index` tells the processes of a load apart: each has a thousand keys of its own a thread.
// Returns the exit status; what goes wrong is answered as a line that begins with "error".
int run_client_program(const Route& route, int index);

}  // namespace syncmanager::bench
