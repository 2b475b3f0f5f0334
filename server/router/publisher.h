// What one participant sends: its tracks, and the feedback that it gets about them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "media/packet_pool.h"
#include "media/publisher_clock.h"
#include "media/remb_generator.h"
#include "media/twcc_generator.h"
#include "router/commands.h"
#include "router/rtcp_sender.h"
#include "router/source_track.h"
#include "router/stream_table.h"
#include "wire/rtcp.h"
#include "wire/rtp.h"

namespace conclave::router {

// A source packet of a layer that was understood.
struct Arrived {
  SourceTrack* track = nullptr;
  uint8_t layer = 0;
  // The layer has just become available (again): allocations may change.
  bool layer_began = false;
};

enum class IngestVerdict : uint8_t {
  // `Arrived` is filled in; the packet is to be forwarded.
  kMedia,
  // Taken note of, nothing to forward: probes, streams that nobody announced, stray numbers.
  kNothing,
  kMalformed,
};

class Publisher {
 public:
  // Senders beyond this are left out; a client of ours has four.
  static constexpr size_t kTracksMax = 16;
  static constexpr Duration kReportInterval = Duration::Seconds(1);

  // `touched` and `random` outlive this.
  Publisher(ParticipantIndex self, TouchedParticipants& touched, Random& random);

  // Returns the tracks that were added: known ids and those beyond the limit are not.
  std::vector<SourceTrack*> AddTracks(std::span<const TrackConfig> tracks);
  std::vector<std::unique_ptr<SourceTrack>>& tracks() { return tracks_; }

  // Whether an RTP packet, still encrypted, is of one of the video tracks, as far as is known.
  bool IsVideo(std::span<const uint8_t> rtp) const;
  // The plaintext RTP packet is in `packet.bytes`; fills in the rest of it.
  IngestVerdict OnRtp(Instant now, media::Packet& packet, Arrived& arrived);
  void OnSenderReport(Instant now, const wire::RtcpSenderReport& report);

  // NACK, PLI, transport-wide feedback and receiver reports. `rtt` to the publisher.
  void OnDeadline(Instant now, Duration rtt, RtcpSender& rtcp);
  Instant NextDeadline() const;
  // PLIs sent, ever.
  uint64_t keyframe_requests() const { return keyframe_requests_; }

 private:
  // RFC 8285 ids are the same in all sections of a bundle (RFC 8843 section 7.1.3).
  ExtensionIds ids_;

  std::optional<StreamKey> FindStream(const wire::RtpPacket& packet);
  std::optional<StreamKey> Learn(const wire::RtpPacket& packet) const;
  std::optional<uint16_t> TrackOfMid(std::string_view mid) const;
  std::optional<uint16_t> OnlyTrackWith(uint8_t payload_type) const;
  void Assign(const StreamKey& key, uint32_t ssrc);
  void NoteTransportSequence(Instant now, const wire::RtpPacket& packet, size_t size_bytes);
  bool TakeNumbers(const StreamKey& key, const wire::RtpPacket& packet, TrackLayer& layer,
                   media::PacketInfo& info);
  bool InspectPayload(const StreamKey& key, const wire::RtpPacket& rtp, media::Packet& packet);
  IngestVerdict Take(Instant now, const StreamKey& key, const wire::RtpPacket& rtp,
                     media::Packet& packet, Arrived& arrived);
  void UpdateLayer(Instant now, const StreamKey& key, const media::PacketInfo& info);

  void WriteNacks(Instant now, Duration rtt, TrackLayer& layer, RtcpSender& rtcp);
  void WritePlis(Instant now, TrackLayer& layer, bool dormant, RtcpSender& rtcp);
  void WriteFeedback(Instant now, RtcpSender& rtcp);
  void WriteRemb(Instant now, RtcpSender& rtcp);
  void WriteReports(Instant now, RtcpSender& rtcp);

  const ParticipantIndex self_;
  TouchedParticipants& touched_;
  Random& random_;
  // What our feedback says that it is from.
  const uint32_t rtcp_ssrc_;
  std::vector<std::unique_ptr<SourceTrack>> tracks_;
  StreamTable streams_;
  media::PublisherClock clock_;
  media::TwccGenerator twcc_;
  // Only where a track takes it and no packet is numbered.
  media::RembGenerator remb_;
  bool takes_remb_ = false;
  uint32_t newest_ssrc_ = 0;
  // A packet came since the last report.
  bool active_ = false;
  Instant next_report_ = Instant::Never();
  uint64_t keyframe_requests_ = 0;
  std::vector<uint16_t> lost_;
};

}  // namespace conclave::router
