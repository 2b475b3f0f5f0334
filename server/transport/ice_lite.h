// The server's side of ICE for one peer (RFC 8445 section 2.5, lite): answers authenticated checks
// and follows what the controlling side nominates. Never sends anything of its own accord.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "transport/ice_agent.h"
#include "wire/stun.h"

namespace conclave::transport {

class IceLite final : public IceAgent {
 public:
  // A phone has a handful of addresses, and each may have been mapped anew a few times.
  static constexpr size_t kMaxPaths = 16;
  // A path without a check for this long counts as dead when another one shows life: browsers check
  // the selected pair every 2.5 s (Chromium) to 5 s (Firefox, -20 %).
  static constexpr Duration kPathSilent = Duration::Millis(3900);
  // Aggressive nomination (RFC 5245) marks every check of the first moments: until then the highest
  // priority wins, later the last nomination.
  static constexpr Duration kNominationSettles = Duration::Seconds(1);

  IceLite(Instant now, Duration consent_timeout, IceCredentials local, IceCredentials remote);

  bool OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram,
              Outbox& out) override;
  void OnDeadline(Instant now, Outbox& out) override;
  Instant NextDeadline() const override;
  void Restart(Instant now, IceCredentials local, IceCredentials remote) override;
  std::optional<ValidatedPath> Validate(const Path& path) const override;

 private:
  struct Generation {
    // The USERNAME of the peer's checks.
    std::string username;
    std::string password;
  };
  struct KnownPath {
    Path path;
    Instant last_check;
  };
  // Enough to recognize that a check was seen before, on which path.
  struct SeenCheck {
    wire::StunTransactionId transaction;
    size_t path_hash;
  };
  // Five minutes of consent checks: a captured check cannot be used to move a peer's media
  // elsewhere.
  static constexpr size_t kSeenChecks = 128;

  static Generation MakeGeneration(IceCredentials local, const IceCredentials& remote);
  const Generation* Authenticate(std::span<const uint8_t> datagram,
                                 const wire::StunMessage& message) const;
  bool ReplayedElsewhere(const wire::StunMessage& message, const Path& path);
  void OnCheck(Instant now, const Path& path, const wire::StunMessage& message);
  void Touch(Instant now, const Path& path);
  void Consider(Instant now, const Path& path, const wire::StunMessage& message);

  Generation current_;
  // Between a restart and the first check with the new credentials.
  std::optional<Generation> next_;
  std::vector<KnownPath> paths_;
  std::vector<SeenCheck> seen_;
  size_t seen_next_ = 0;
  Instant selected_last_check_;
  // When a nomination first chose among paths; none while the selection is provisional.
  std::optional<Instant> nominated_at_;
  uint32_t nominated_priority_ = 0;
};

}  // namespace conclave::transport
