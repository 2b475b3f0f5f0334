// What a client shows to take up its participant on a new WebSocket, or to be known again in a room
// (house.h): a participant's number and 32 random bytes. The number only finds the participant; the
// random bytes prove it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/random.h"

namespace conclave::signal {

class ResumeToken {
 public:
  static ResumeToken Make(ParticipantId participant, Random& random);

  ParticipantId participant() const;
  // 36 bytes.
  std::string Encoded() const;
  // Whom the token claims; nullopt when it cannot be a token.
  static std::optional<ParticipantId> ClaimedBy(std::span<const uint8_t> token);
  // In a time that does not depend on where the two differ.
  bool Matches(std::span<const uint8_t> token) const;

 private:
  static constexpr size_t kSecretBytes = 32;
  static constexpr size_t kEncodedBytes = sizeof(ParticipantId::rep) + kSecretBytes;

  std::array<uint8_t, kEncodedBytes> bytes_{};
};

}  // namespace conclave::signal
