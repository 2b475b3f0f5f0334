// What ICE agents have in common, and the one way to a path that may carry anything else than STUN.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/datagram.h"
#include "base/time.h"
#include "transport/outbox.h"
#include "transport/types.h"

namespace conclave::transport {

// Proof that an authenticated check passed over this path. Only ICE can make one, and the code of
// DTLS and SRTP asks for one.
class ValidatedPath {
 public:
  const Path& path() const { return path_; }
  bool operator==(const ValidatedPath&) const = default;

 private:
  friend class IceAgent;
  explicit ValidatedPath(const Path& path) : path_(path) {}
  Path path_;
};

class IceAgent {
 public:
  virtual ~IceAgent() = default;

  // Returns whether `datagram` was an authentic STUN message of this peer. Anything else changes
  // nothing and is not answered.
  virtual bool OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram,
                      Outbox& out) = 0;
  virtual void OnDeadline(Instant now, Outbox& out) = 0;
  virtual Instant NextDeadline() const = 0;
  // RFC 8445 section 9.
  virtual void Restart(Instant now, IceCredentials local, IceCredentials remote) = 0;
  // The proof for `path`, if a check validated it.
  virtual std::optional<ValidatedPath> Validate(const Path& path) const = 0;

  // Where to send.
  const std::optional<ValidatedPath>& selected() const { return selected_; }
  // No authentic message for the consent timeout: final.
  bool expired() const { return expired_; }
  Instant last_check() const { return last_check_; }
  // How often the peer went over to newer credentials.
  uint32_t restarts() const { return restarts_; }

 protected:
  IceAgent(Instant now, Duration consent_timeout)
      : last_check_(now), consent_timeout_(consent_timeout) {}

  static ValidatedPath MakeValidated(const Path& path) { return ValidatedPath(path); }
  void Select(const Path& path) { selected_ = ValidatedPath(path); }
  void OnConsent(Instant now) { last_check_ = now; }
  void OnRestarted() { ++restarts_; }
  // RFC 7675 section 5.1.
  Instant ConsentDeadline() const { return last_check_ + consent_timeout_; }
  bool ExpireIfDue(Instant now) {
    expired_ = expired_ || now >= ConsentDeadline();
    return expired_;
  }

 private:
  std::optional<ValidatedPath> selected_;
  Instant last_check_;
  Duration consent_timeout_;
  uint32_t restarts_ = 0;
  bool expired_ = false;
};

}  // namespace conclave::transport
