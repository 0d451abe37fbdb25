#pragma once

#include <syncmanager/client.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/syncctl/target.h"

namespace syncmanager {

// A command that runs while syncctl holds something of an object.
struct Hold {
  Target object;
  std::vector<std::string> command;
};

// How to take and to give back what the command needs.
struct Holding {
  // Returns false if it wasn't to be had within the seconds; infinity waits for ever.
  std::function<bool(std::chrono::duration<double>)> acquire;
  std::function<void()> release;
  // Returns a variable of the command's environment, NAME=VALUE; null: none. Called when it is
  // held.
  std::function<std::string()> variable = nullptr;
};

// Connects, takes what `find` says for the object's type (empty: there is no such object), runs the
// command meanwhile, and returns its exit code: 128 + N if signal N ended it, 127 or 126 if it
// can't be started, 1 if it wasn't to be had in time, 2 if it was lost while the command ran. If it
// is lost, or syncctl is killed, the command is killed with all that it has started. REQUIRES: the
// process has one thread.
int run_while_held(const Common& common, const Hold& hold,
                   const std::function<Holding(const Client&, const std::string& type)>& find);

// The command's words, after --.
void add_command(CLI::App& command, std::vector<std::string>& words);

extern const char* const kHoldNotes;

}  // namespace syncmanager
