#pragma once

#include <CLI/CLI.hpp>

#include "manager/flags.h"

namespace syncmanager::manager {

// Gives the App the options of syncmanagerd, in their groups, and the texts of --help. They set
// `flags`, whose values are the defaults until then, and which outlives the App. --help and
// --version throw CLI::CallForHelp and CLI::CallForVersion as soon as they are read.
void add_options(CLI::App& app, Flags& flags);

}  // namespace syncmanager::manager
