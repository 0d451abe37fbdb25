#pragma once

#include <string>
#include <string_view>

namespace syncmanager {

// Reads one JSON value (RFC 8259), and returns it encoded: arrays are lists, objects are dicts, and
// integers have any size. An object with the one key $bytes, $float, $int or $dict is the value
// that value_json.h writes so. Throws InvalidArgument, which says where the text is wrong, for
// other text, and for $reference and $opaque, which a manager alone can make.
std::string value_of_json(std::string_view json);

}  // namespace syncmanager
