// A small controlling agent (RFC 8445) for tests, the simulation and the load generator: checks the
// server's candidates, nominates, and keeps consent alive. Its peer is a lite agent, which sends no
// checks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "transport/ice_agent.h"
#include "wire/stun.h"

namespace conclave::transport {

class IceClient final : public IceAgent {
 public:
  static constexpr size_t kMaxCandidates = 8;
  // RFC 8445 section 14.3: the first checks; every eight without an answer double it.
  static constexpr Duration kCheckInterval = Duration::Millis(50);
  // RFC 7675 section 5.1 asks for 5 s; what Chromium does finds a dead path sooner.
  static constexpr Duration kConsentInterval = Duration::Millis(2500);

  // `random` outlives the agent.
  IceClient(Instant now, Duration consent_timeout, IceCredentials local, IceCredentials remote,
            std::vector<Path> candidates, Random& random);

  // One more way to reach the server, for example by a new local socket. It is selected as soon as
  // it answers. Ignored beyond kMaxCandidates, and where it is known.
  void AddCandidate(Instant now, const Path& path);

  bool OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram,
              Outbox& out) override;
  void OnDeadline(Instant now, Outbox& out) override;
  Instant NextDeadline() const override;
  void Restart(Instant now, IceCredentials local, IceCredentials remote) override;
  std::optional<ValidatedPath> Validate(const Path& path) const override;

 private:
  struct Candidate {
    Path path;
    Instant next_check;
    bool valid = false;
    // Of the last checks: an answer to an older one comes too late to prove anything.
    std::array<wire::StunTransactionId, 32> transactions{};
    size_t sent = 0;
  };
  static Duration Interval(const Candidate& candidate);
  void SendCheck(Instant now, Candidate& candidate, Outbox& out);
  void OnAnswer(Instant now, Candidate& candidate);

  std::string username_;
  std::string remote_password_;
  std::vector<Candidate> candidates_;
  Random& random_;
  uint64_t tie_breaker_;
  // The candidate that is selected, or is going to be once it answers.
  std::optional<Path> preferred_;
};

}  // namespace conclave::transport
