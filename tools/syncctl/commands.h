#pragma once

#include "tools/syncctl/command_line.h"

// Each function adds one command with its arguments and its help.
namespace syncmanager {

// Queues.
void add_put(CommandLine& line);
void add_get(CommandLine& line);
void add_take(CommandLine& line);
void add_peek(CommandLine& line);
void add_join(CommandLine& line);

// Dicts, namespaces and values.
void add_set(CommandLine& line);
void add_add(CommandLine& line);
void add_keys(CommandLine& line);
void add_items(CommandLine& line);

// Coordination.
void add_lock(CommandLine& line);
void add_semaphore(CommandLine& line);
void add_event(CommandLine& line);
void add_barrier(CommandLine& line);

// Objects and managers.
void add_ls(CommandLine& line);
void add_show(CommandLine& line);
void add_rm(CommandLine& line);
void add_ping(CommandLine& line);
void add_stats(CommandLine& line);
void add_pool(CommandLine& line);
void add_keygen(CommandLine& line);
void add_bench(CommandLine& line);

}  // namespace syncmanager
