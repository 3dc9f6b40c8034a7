#pragma once
#include <cstddef>
#include <string>

namespace mnemo {

/// The bytes of a file, read-only, for the rest of the process's life; nullptr where it cannot be read.
const unsigned char* MapFile(const std::string& path, size_t& size);

}  // namespace mnemo
