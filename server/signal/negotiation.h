// One participant's media sections over all its offers: which are tracks, which are slots, and the
// answers. The server never offers. Decisions 19-24 hold the measured facts behind it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/result.h"
#include "base/socket_address.h"
#include "router/commands.h"
#include "signal/media_ids.h"
#include "signal/offer.h"
#include "wire/sdp.h"

namespace conclave::signal {

// What every answer of this server says about it.
struct AnswerIdentity {
  router::Fingerprint fingerprint{};
  // Host candidates, most preferred first.
  std::vector<SocketAddress> candidates;
};

struct NegotiatedOffer {
  std::string answer;
  // What this offer added; earlier tracks and slots stay as they are.
  std::vector<router::TrackConfig> new_tracks;
  std::vector<router::SlotConfig> new_slots;
  // The offer brought new ICE credentials: local() and remote() are new too (RFC 8445 section 9).
  bool ice_restarted = false;
};

class Negotiation {
 public:
  // `random` and `ids` outlive the negotiation. The SSRCs it takes from `ids` go back with it.
  Negotiation(AnswerIdentity identity, Random& random, MediaIds& ids);
  ~Negotiation();
  Negotiation(const Negotiation&) = delete;
  Negotiation& operator=(const Negotiation&) = delete;

  // Answers an offer. A section that is named by a track and sends is answered recvonly; one that
  // is recvonly becomes a slot; one that cannot be used is rejected or inactive and harms no other.
  // A later offer keeps all sections and their order and may append some. An error leaves
  // everything as it was.
  Result<NegotiatedOffer> Apply(std::string_view sdp, std::span<const NamedTrack> tracks);

  const router::IceCredentials& local() const { return local_; }
  const router::IceCredentials& remote() const { return remote_; }
  const router::Fingerprint& remote_fingerprint() const { return remote_fingerprint_; }
  const std::vector<router::TrackConfig>& tracks() const { return tracks_; }
  const std::vector<router::SlotConfig>& slots() const { return slots_; }

 private:
  enum class Role : uint8_t { kRejected, kInactive, kTrack, kSlot };
  struct Section {
    std::string mid;
    std::string kind;
    Role role = Role::kRejected;
    // Of tracks_ or slots_.
    size_t index = 0;
  };

  std::optional<Error> CheckAgainstEarlier(const Offer& offer) const;
  Role DecideRole(const Offer& offer, const wire::SdpMedia& section, bool named) const;
  void Place(const Offer& offer, std::span<const NamedTrack> tracks);
  void AddTrack(const wire::SdpMedia& section, const NamedTrack& named);
  void AddSlot(const wire::SdpMedia& section);
  bool UpdateIce(const Offer& offer);

  std::string Answer(const Offer& offer);
  wire::SdpMedia AnswerSection(const wire::SdpMedia& offered, const Section& section) const;
  void FillTransport(wire::SdpMedia& answer) const;

  AnswerIdentity identity_;
  Random& random_;
  MediaIds& ids_;
  router::IceCredentials local_;
  router::IceCredentials remote_;
  router::Fingerprint remote_fingerprint_{};
  uint64_t session_id_;
  uint64_t session_version_ = 0;
  SlotId last_slot_;
  std::vector<Section> sections_;
  std::vector<router::TrackConfig> tracks_;
  std::vector<router::SlotConfig> slots_;
};

}  // namespace conclave::signal
