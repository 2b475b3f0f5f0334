// Which codecs of an offered media section are answered, and how.
#pragma once

#include <cstdint>
#include <vector>

#include "router/commands.h"
#include "wire/sdp.h"

namespace conclave::signal {

// Seen from the client: a track is what it sends, a slot is where it receives.
enum class SectionRole : uint8_t { kTrack, kSlot };

struct SelectedCodecs {
  // The same codecs, for the answer (each followed by its RTX) and for the router.
  std::vector<wire::SdpFormat> formats;
  std::vector<router::CodecConfig> codecs;
  // RFC 8888 is among the feedback.
  bool ccfb = false;
  // router::TrackConfig::remb and router::SlotConfig::audio_nack.
  bool remb = false;
  bool audio_nack = false;
  // router::SlotConfig::red_payload_type.
  uint8_t red_payload_type = 0;
};

// Empty when nothing that was offered can be used. Audio: opus; in slots RED of it too, where it is
// offered behind it (decisions 17); no telephone-event (decisions 15). Video of a track:
// what was offered of VP8, H.264, VP9 and AV1, in the client's order: it sends the first, and may
// go over to another one without a new offer. Video of a slot: whatever of the four the client can
// decode, VP8 first. Of several profiles the plainest is taken: packetization mode 1 and
// (constrained) baseline for H.264, profile 0 for VP9 and AV1. Feedback: what was offered of nack,
// nack pli, ccm fir, transport-cc; for audio transport-cc, and nack in slots. Where there is no
// transport-cc, instead of it RFC 8888 (slots only: we do not send it), else goog-remb: browsers
// send transport-cc best, and none of them offers RFC 8888 by itself.
SelectedCodecs SelectCodecs(const wire::SdpMedia& offered, SectionRole role);

}  // namespace conclave::signal
