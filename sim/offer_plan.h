// The SDP side of a scripted client: writes an offer in a browser's shape, and reads from the
// answer what its media needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "router/commands.h"
#include "sim/media_client.h"

namespace conclave::sim {

struct OfferedSender {
  router::SourceKind source = router::SourceKind::kMicrophone;
  // Simulcast encodings; at most 1 means none.
  size_t layers = 1;
  bool muted = false;
};

struct OfferPlan {
  router::IceCredentials ice;
  router::Fingerprint fingerprint{};
  // Media sections in this order, mids counted from 0; then the slots.
  std::vector<OfferedSender> senders;
  size_t audio_slots = 4;
  size_t video_slots = 4;
  // Browsers number codecs differently; so do scripted clients.
  uint8_t opus_payload_type = 111;
  // Of the first video codec; its RTX and the other codecs follow it.
  uint8_t vp8_payload_type = 96;
  // Of several candidates the one at this address is taken; unset or not among them: the first.
  std::optional<IpAddress> server_ip;
  // VP8, VP9 and AV1, in the order of preference; senders use the first.
  std::vector<router::CodecName> video_codecs = {router::CodecName::kVp8};
};

std::string WriteOffer(const OfferPlan& plan);

// Tracks without their ids and slots without theirs: those come in the Joined message, by mid.
// nullopt where the answer is not one to this plan.
std::optional<MediaClientConfig> ReadAnswer(const OfferPlan& plan, std::string_view answer);

}  // namespace conclave::sim
