// Produces for consumers in any language: those of examples/python/from_cpp.py.
//
//   producer URL KEY_FILE

#include <syncmanager/client.h>

#include <string>
#include <tuple>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  syncmanager::Client client(argv[1], {.key_file = argv[2]});
  auto readings = client.queue<std::tuple<std::string, std::vector<double>>>("readings");
  readings.put({"indoors", {20.5, 21.5}});
  readings.put({"outdoors", {-3, -2, -1}});
}
