#include "transport/dtls_filter.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace conclave::transport {
namespace {

constexpr uint8_t kChangeCipherSpec = 20;
constexpr uint8_t kAlert = 21;
constexpr uint8_t kHandshake = 22;
constexpr size_t kRecordHeaderBytes = 13;
// DTLS 1.0 is feff, DTLS 1.2 fefd: the version counts down.
constexpr uint8_t kVersionMajor = 0xfe;

// The explicit nonce and the tag of AES-GCM (RFC 5288 section 3), which all our suites are. OpenSSL
// before 3.0.22 ends the association over a record that has no room for them.
constexpr size_t kEncryptedBytesMin = 8 + 16;

bool MayPass(DtlsPhase phase, uint8_t type, uint16_t epoch, size_t size) {
  if (epoch == 0 && phase == DtlsPhase::kEstablished) return false;
  if (epoch > 0 && size < kEncryptedBytesMin) return false;
  switch (type) {
    case kChangeCipherSpec:
    case kHandshake:
      return true;
    case kAlert:
      return epoch > 0;
    default:
      return false;
  }
}

}  // namespace

size_t FilterDtlsRecords(DtlsPhase phase, std::span<const uint8_t> datagram,
                         std::span<uint8_t> out) {
  ByteReader reader(datagram);
  ByteWriter writer(out);
  while (reader.remaining() > 0) {
    const size_t begin = reader.position();
    const uint8_t type = reader.U8();
    const uint8_t major = reader.U8();
    reader.Skip(1);
    const uint16_t epoch = reader.U16();
    reader.Skip(6);
    const uint16_t size = reader.U16();
    reader.Skip(size);
    if (!reader.ok() || major != kVersionMajor) break;
    if (!MayPass(phase, type, epoch, size)) continue;
    writer.Bytes(datagram.subspan(begin, kRecordHeaderBytes + size));
  }
  return writer.size();
}

}  // namespace conclave::transport
