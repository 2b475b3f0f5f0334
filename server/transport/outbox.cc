#include "transport/outbox.h"

#include <algorithm>

namespace conclave::transport {

void Outbox::Append(const Path& path, std::span<const uint8_t> bytes) {
  if (entries_.size() == kMaxDatagrams || bytes.size() > kMaxDatagramBytes) {
    ++dropped_;
    return;
  }
  std::copy(bytes.begin(), bytes.end(), buffer_.begin() + static_cast<ptrdiff_t>(used_));
  entries_.push_back({path, static_cast<uint32_t>(used_), static_cast<uint32_t>(bytes.size())});
  used_ += bytes.size();
}

Outbox::Datagram Outbox::operator[](size_t index) const {
  CHECK(index < entries_.size());
  const Entry& entry = entries_[index];
  return {entry.path, std::span(buffer_).subspan(entry.offset, entry.size_bytes)};
}

}  // namespace conclave::transport
