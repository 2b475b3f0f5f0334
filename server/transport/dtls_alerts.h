// The end of a DTLS 1.2 association without OpenSSL's objects, which hold 40 KB: once the handshake
// is over, alerts (RFC 5246 section 7.2) are all that its records still carry for us.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "transport/types.h"

struct ssl_st;

namespace conclave::transport {

class DtlsAlerts {
 public:
  // Header, explicit nonce, level and description, tag.
  static constexpr size_t kRecordBytes = 13 + 8 + 2 + 16;

  // Takes the keys of the records of `ssl`, whose handshake is done. Nothing where the suite is not
  // one of AES-GCM (RFC 5288), which all of ours are.
  static std::optional<DtlsAlerts> Of(ssl_st* ssl, DtlsRole role);
  ~DtlsAlerts();
  DtlsAlerts(const DtlsAlerts&) = default;
  DtlsAlerts& operator=(const DtlsAlerts&) = default;

  // Whether among the records of a datagram of any bytes is an authentic alert by which the peer
  // ends the association: close_notify, or a fatal one. A replayed one can be no other: the first
  // has ended it.
  bool Ends(std::span<const uint8_t> datagram) const;

  // The record by which we end it. Always the same bytes: to be sent once, or again as it was.
  std::array<uint8_t, kRecordBytes> CloseNotify() const;

 private:
  // RFC 5246 section 6.3; of what one end writes.
  struct Key {
    std::array<uint8_t, 32> key{};
    // RFC 5288 section 3.
    std::array<uint8_t, 4> salt{};
  };
  DtlsAlerts() = default;
  bool IsEnd(std::span<const uint8_t> header, std::span<const uint8_t> body) const;

  size_t key_bytes_ = 0;
  Key local_;
  Key remote_;
};

}  // namespace conclave::transport
