#pragma once

#include "tools/bench/caller.h"

namespace syncmanager::bench {

// A client process: connects as `route` says, prints "ready", and performs the commands (command.h)
// on its standard input until that ends. It answers each command by one line: the figures, or
// "done=1" if there are none.
//
// Returns the exit status. An error is answered by a line that begins with "error", and ends the
// program.
int run_client_program(const Route& route, int index);

}  // namespace syncmanager::bench
