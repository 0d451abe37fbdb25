#include "tools/syncctl/output/values.h"

#include "tools/syncctl/output/output.h"

namespace syncmanager {

void add_writing(CLI::App& command, Writing& writing) {
  CLI::Option* const null =
      command.add_flag("--null", writing.null, "End each value by a NUL, for xargs -0");
  command
      .add_flag("--raw", writing.raw,
                "Print text and bytes as they are, without a line break after them")
      ->excludes(null);
}

std::string written(const ShellValue& value, const Writing& writing) {
  if (writing.json) return value.json() + (writing.null ? std::string(1, '\0') : "\n");
  if (writing.raw) return value.raw();
  if (writing.null) return value.raw() + '\0';
  return value.print(is_terminal()) + "\n";
}

}  // namespace syncmanager
