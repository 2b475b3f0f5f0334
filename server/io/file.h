// Whole small files: certificates, keys, web pages.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace conclave::io {

enum class FileAccess {
  // 0644.
  kPublic,
  // 0600: only the owner.
  kSecret,
};

// Fails when the file cannot be opened or is larger than `max_bytes`; the error names the path.
Result<std::string> ReadFile(const std::string& path, size_t max_bytes);
// Replaces the file as a whole: a reader sees the old or the new content, and a secret is never
// readable by others, not even for a moment.
Result<void> WriteFile(const std::string& path, std::string_view content, FileAccess access);

}  // namespace conclave::io
