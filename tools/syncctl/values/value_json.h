#pragma once

#include <string>
#include <string_view>

namespace syncmanager {

// An encoded value as one JSON value in ASCII. Lists, tuples and sets are arrays. A value that
// JSON lacks is an object with one key that begins with $:
//
//   bytes            {"$bytes": "aGVsbG8="}      in base64
//   nan, inf, -inf   {"$float": "nan"}
//   a long integer   {"$int": "-0x1f..."}        of more than 4096 bits; shorter ones are numbers
//   a dict           {"$dict": [[key, value]]}   with a key that is no text, or begins with $
//   a reference      {"$reference": {"id": 7, "type": "Queue"}}
//   another object   {"$opaque": {"codec": "pickle", "bytes": "gAQu"}}
std::string json_of_value(std::string_view encoded);

}  // namespace syncmanager
