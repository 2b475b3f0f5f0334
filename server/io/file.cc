#include "io/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "io/file_descriptor.h"

namespace conclave::io {
namespace {

Error SystemError(const std::string& action, const std::string& path) {
  return Error{"cannot " + action + " " + path + ": " + std::strerror(errno)};
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

Result<std::string> ReadFile(const std::string& path, size_t max_bytes) {
  const FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return SystemError("open", path);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) return SystemError("read", path);
  if (!S_ISREG(info.st_mode)) return Error{path + " is not a regular file"};
  std::string content;
  const size_t announced = static_cast<size_t>(info.st_size);
  if (announced > max_bytes) {
    return Error{path + " is too large: " + std::to_string(announced) + " bytes of at most " +
                 std::to_string(max_bytes)};
  }
  content.resize(announced);
  size_t filled = 0;
  while (filled < content.size()) {
    const ssize_t count = read(fd.get(), content.data() + filled, content.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return SystemError("read", path);
    if (count == 0) break;
    filled += static_cast<size_t>(count);
  }
  content.resize(filled);
  return content;
}

Result<void> WriteFile(const std::string& path, std::string_view content, FileAccess access) {
  const std::string temporary = path + ".new";
  (void)unlink(temporary.c_str());
  const mode_t mode = access == FileAccess::kSecret ? 0600 : 0644;
  const FileDescriptor fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd.valid()) return SystemError("create", temporary);
  if (!WriteAll(fd.get(), content) || fsync(fd.get()) != 0) {
    return SystemError("write", temporary);
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return SystemError("create", path);
  return {};
}

}  // namespace conclave::io
