#pragma once

#include <string>

namespace syncmanager::bench {

// Where a run finds the programs that it starts, and where it keeps its sockets and its key.
struct Paths {
  std::string bench;            // This program, which is its own client program.
  std::string manager;          // syncmanagerd.
  std::string python_programs;  // The folder of cpython_peer.py.
  std::string python_package;   // The folder that has the package syncmanager.
  std::string run_folder;       // For this user alone (0700). The run's end removes it.
  std::string key_file;

  // Finds the programs relative to this one, in a build tree or in an installed tree, and makes the
  // folder and the key. Throws std::runtime_error if that fails.
  static Paths find();
};

}  // namespace syncmanager::bench
