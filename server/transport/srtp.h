// SRTP and SRTCP (RFC 3711, RFC 7714), one direction per object, all SSRCs of one master key.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "transport/replay_table.h"
#include "transport/replay_window.h"
#include "transport/srtp_engine.h"
#include "transport/srtp_keys.h"
#include "transport/ssrc_table.h"

namespace conclave::transport {

// What protection adds at most to RTP (tag) and to RTCP (tag, E bit and index).
inline constexpr size_t kMaxSrtpOverhead = kMaxSrtpTagBytes;
inline constexpr size_t kMaxSrtcpOverhead = kMaxSrtpTagBytes + 4;

// The length of an RTP header with its CSRCs and its extension, or nothing where `packet` is no RTP
// of version 2 or ends before its header does.
std::optional<size_t> RtpHeaderBytes(std::span<const uint8_t> packet);

// The two ciphers and salts of one direction.
struct SrtpDirection {
  SrtpDirection(SrtpEngine& engine, const SrtpMasterKey& master, SrtpStream stream);
  // RFC 7714 sections 8.1 and 9.1, RFC 3711 section 4.1.1.
  SrtpIv Iv(uint32_t ssrc, uint64_t index) const;

  SrtpProfile profile;
  SrtpStream stream;
  // Padded with zeros to the size of an IV.
  SrtpIv salt{};
  std::unique_ptr<SrtpCipher> cipher;
};

class SrtpSender {
 public:
  // Fifty video and four audio slots with their RTX, eight times over.
  static constexpr size_t kMaxSsrcs = 1024;

  // `engine` outlives the sender.
  SrtpSender(SrtpEngine& engine, const SrtpMasterKey& master);

  // See PeerTransport::ProtectRtp, RepeatRtp and ProtectRtcp.
  std::optional<size_t> ProtectRtp(std::span<const uint8_t> header,
                                   std::span<const uint8_t> payload, std::span<uint8_t> dst);
  std::optional<size_t> RepeatRtp(std::span<const uint8_t> header, std::span<const uint8_t> payload,
                                  std::span<uint8_t> dst);
  std::optional<size_t> ProtectRtcp(std::span<const uint8_t> packet, std::span<uint8_t> dst);
  // Hints what ProtectRtp will touch: with 0 the table of SSRCs and the cipher, with 1 what they
  // point to.
  void PrefetchForProtecting(int step) const;

 private:
  size_t Seal(uint32_t ssrc, uint64_t index, std::span<const uint8_t> header,
              std::span<const uint8_t> payload, std::span<uint8_t> dst);

  SrtpEngine& engine_;
  uint64_t session_;
  SrtpDirection rtp_;
  SrtpDirection rtcp_;
  SsrcTable<ReplayWindow> sent_;
  // RFC 3711 section 3.4: one counter per source would do; one for all is simpler and never
  // repeats.
  uint32_t rtcp_index_ = 0;
};

struct SrtpReceiverStats {
  uint64_t malformed = 0;
  uint64_t authentication = 0;
  uint64_t replay = 0;
  // Authentic packets of more SSRCs than are remembered.
  uint64_t table_full = 0;
};

class SrtpReceiver {
 public:
  // A browser sends from about a dozen SSRCs at a time: these are followed packet by packet.
  static constexpr size_t kWindows = 64;
  // It takes new ones when a sender starts anew. What was played on an SSRC may never be played
  // again, so all are remembered (replay_table.h): eighty times all senders, in 25 KiB.
  static constexpr size_t kMaxSsrcs = 1024;

  // `engine` outlives the receiver.
  SrtpReceiver(SrtpEngine& engine, const SrtpMasterKey& master);

  // See PeerTransport::UnprotectRtp and UnprotectRtcp.
  std::optional<size_t> UnprotectRtp(std::span<const uint8_t> in, std::span<uint8_t> out);
  std::optional<size_t> UnprotectRtcp(std::span<const uint8_t> in, std::span<uint8_t> out);

  const SrtpReceiverStats& stats() const { return stats_; }
  // Whether an authentic packet has come: the peer has the keys.
  bool any() const { return rtp_seen_.ssrcs() + rtcp_seen_.ssrcs() > 0; }
  // The peer has used up the SSRCs of these keys: it needs a new transport.
  bool exhausted() const { return stats_.table_full > 0; }

 private:
  bool Accept(ReplayTable& table, uint32_t ssrc, uint64_t index);

  SrtpDirection rtp_;
  SrtpDirection rtcp_;
  ReplayTable rtp_seen_;
  ReplayTable rtcp_seen_;
  SrtpReceiverStats stats_;
};

}  // namespace conclave::transport
