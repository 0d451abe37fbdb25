#pragma once

namespace syncmanager::manager {

// Hardens the manager's own process before it reads a key. Call it once, first thing in
// main(), before there are threads. What the system doesn't allow is passed over: it may have been
// done already by the parent process (systemd).

// Raises the limit of descriptors to the hard one. Opens /dev/null in place of a standard input,
// output or error that is closed. Ignores SIGPIPE: a peer or a log that is gone shows as an error
// of the write. Ignores SIGTTIN and SIGTTOU: a background job is not stopped for its log. Sets
// aside locked memory for keys. When memory runs out the process ends with a message: going on with
// half a step done would be worse.
void prepare_process();
// No core dumps and no debugger of the same user: both would show the keys and all that is stored.
void forbid_core_dumps();

}  // namespace syncmanager::manager
