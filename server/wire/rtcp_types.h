// The numbers of RTCP (RFC 3550 section 12.1, RFC 4585 section 6, RFC 5104 section 4.3), shared by
// the parser and the writers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace conclave::wire {

inline constexpr uint8_t kRtcpVersion = 2;

inline constexpr uint8_t kTypeSenderReport = 200;
inline constexpr uint8_t kTypeReceiverReport = 201;
inline constexpr uint8_t kTypeSdes = 202;
inline constexpr uint8_t kTypeBye = 203;
inline constexpr uint8_t kTypeTransportFeedback = 205;
inline constexpr uint8_t kTypePayloadFeedback = 206;

// Feedback message types of kTypeTransportFeedback.
inline constexpr uint8_t kFormatNack = 1;
// RFC 8888 section 3.1.
inline constexpr uint8_t kFormatCcfb = 11;
inline constexpr uint8_t kFormatTwcc = 15;
// And of kTypePayloadFeedback.
inline constexpr uint8_t kFormatPli = 1;
inline constexpr uint8_t kFormatFir = 4;
inline constexpr uint8_t kFormatApplication = 15;

inline constexpr uint8_t kSdesCname = 1;
// "REMB".
inline constexpr uint32_t kRembIdentifier = 0x52454D42;

inline constexpr size_t kRtcpHeaderBytes = 4;
inline constexpr size_t kReportBlockBytes = 24;
inline constexpr size_t kNackItemBytes = 4;
inline constexpr size_t kFirItemBytes = 8;

}  // namespace conclave::wire
