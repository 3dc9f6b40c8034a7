#pragma once
#include <cstddef>
#include <string>

namespace mnemo {

/// Bytes of a file, read-only, mapped until the process ends; nullptr if it cannot be read.
const unsigned char* MapFile(const std::string& path, size_t& size);

}  // namespace mnemo
