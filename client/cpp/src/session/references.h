#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace syncmanager {

// The objects that an encoded value refers to, one for each occurrence.
void collect_references(std::string_view encoded, std::vector<uint64_t>& references);

}  // namespace syncmanager
