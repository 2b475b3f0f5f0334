// The real server for tests/e2e/tap.test.ts, watched where the server sees most: at media as SRTP's
// decryption leaves it. The linker puts this between the transport and its callers (--wrap), so the
// product has no such place.
//
// CONCLAVE_TAP=FILE: every packet is appended to it, each behind its length (4 bytes, big endian).
// SIGUSR2: from now on, and until the next one, one byte of every kFlipEvery-th packet is changed
// before the server goes on with it.
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <span>

#include "base/check.h"
#include "transport/srtp.h"

namespace {

constexpr int kFlipEvery = 10;
// Behind the header, extensions, the payload's descriptor and what envelopes have around the sealed
// bytes, in front of a last byte that may be a count of padding.
constexpr size_t kFlipFromBytes = 80;

std::atomic<bool> flipping = false;

class Tap {
 public:
  Tap() {
    const char* const path = std::getenv("CONCLAVE_TAP");
    CHECK(path);
    file_ = std::fopen(path, "ab");
    CHECK(file_);
    std::signal(SIGUSR2, [](int) { flipping = !flipping; });
  }

  void Pass(std::span<uint8_t> packet) {
    const std::lock_guard lock(mutex_);
    if (flipping && packet.size() > kFlipFromBytes + 16 && ++packets_ % kFlipEvery == 0) {
      packet[(kFlipFromBytes + packet.size()) / 2] ^= 0x20;
      return;
    }
    const auto size = static_cast<uint32_t>(packet.size());
    for (int shift = 24; shift >= 0; shift -= 8) {
      std::fputc(static_cast<int>(size >> shift & 0xff), file_);
    }
    CHECK(std::fwrite(packet.data(), 1, size, file_) == size);
    CHECK(std::fflush(file_) == 0);
  }

 private:
  std::mutex mutex_;
  std::FILE* file_ = nullptr;
  int packets_ = 0;
};

Tap tap;

}  // namespace

// CONCLAVE_TAPPED: conclave::transport::SrtpReceiver::UnprotectRtp, as linkers know it.
#define JOIN(a, b) a##b
#define NAME(prefix, name) JOIN(prefix, name)

extern "C" {

std::optional<size_t> NAME(__real_, CONCLAVE_TAPPED)(conclave::transport::SrtpReceiver* self,
                                                     std::span<const uint8_t> in,
                                                     std::span<uint8_t> out);

std::optional<size_t> NAME(__wrap_, CONCLAVE_TAPPED)(conclave::transport::SrtpReceiver* self,
                                                     std::span<const uint8_t> in,
                                                     std::span<uint8_t> out) {
  const std::optional<size_t> size = NAME(__real_, CONCLAVE_TAPPED)(self, in, out);
  if (size) tap.Pass(out.first(*size));
  return size;
}
}
