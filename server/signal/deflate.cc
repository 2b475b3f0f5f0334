#include "signal/deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace conclave::signal {
namespace {

// Negative: raw deflate, without a zlib header; 15 is the largest window, which browsers use.
constexpr int kRawWindowBits = -15;
constexpr size_t kChunkBytes = 16 * 1024;

// zlib takes its input as a mutable pointer but does not write to it.
Bytef* Input(const void* data) { return static_cast<Bytef*>(const_cast<void*>(data)); }

Error TooLarge(size_t limit) {
  return Error{"inflated size is over " + std::to_string(limit) + " bytes"};
}

// Inflates until the end of the stream; `stream` has its input.
Result<std::string> Run(z_stream& stream, size_t limit) {
  std::string out;
  std::array<char, kChunkBytes> chunk;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    const size_t got = chunk.size() - stream.avail_out;
    if (got > limit - out.size()) return TooLarge(limit);
    out.append(chunk.data(), got);
    if (status == Z_STREAM_END) break;
    if (status != Z_OK || (got == 0 && stream.avail_in == 0)) return Error{"not raw deflate"};
  }
  if (stream.avail_in != 0) return Error{"bytes after the end of the deflate stream"};
  return out;
}

}  // namespace

Result<std::string> Inflate(std::span<const uint8_t> deflated, size_t inflated_bytes_max) {
  z_stream stream{};
  CHECK(inflateInit2(&stream, kRawWindowBits) == Z_OK);
  stream.next_in = Input(deflated.data());
  stream.avail_in = static_cast<uInt>(deflated.size());
  Result<std::string> out = Run(stream, inflated_bytes_max);
  inflateEnd(&stream);
  return out;
}

std::string Deflate(std::string_view text) {
  z_stream stream{};
  constexpr int kMemoryLevel = 8;  // zlib's default.
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRawWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = Input(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.erase(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace conclave::signal
