// Which records of a datagram may reach OpenSSL (RFC 6347 section 4.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace conclave::transport {

enum class DtlsPhase : uint8_t { kHandshake, kEstablished };

// Copies the records that may pass to `out`, which is as long as `datagram` at least, and returns
// their size. Dropped are: alerts that nobody authenticated (epoch 0), because anybody who knows
// the addresses can send one; application data, which we never use; after the handshake everything
// of epoch 0; encrypted records too short for AES-GCM; and what follows a record that is cut off or
// no record of DTLS 1.x.
size_t FilterDtlsRecords(DtlsPhase phase, std::span<const uint8_t> datagram,
                         std::span<uint8_t> out);

}  // namespace conclave::transport
