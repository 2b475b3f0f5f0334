#include "signal/resume_token.h"

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace conclave::signal {

ResumeToken ResumeToken::Make(ParticipantId participant, Random& random) {
  ResumeToken token;
  ByteWriter(token.bytes_).U32(participant.value());
  random.Fill(std::span(token.bytes_).last(kSecretBytes));
  return token;
}

ParticipantId ResumeToken::participant() const { return ParticipantId(ByteReader(bytes_).U32()); }

std::string ResumeToken::Encoded() const { return std::string(bytes_.begin(), bytes_.end()); }

std::optional<ParticipantId> ResumeToken::ClaimedBy(std::span<const uint8_t> token) {
  if (token.size() != kEncodedBytes) return std::nullopt;
  return ParticipantId(ByteReader(token).U32());
}

bool ResumeToken::Matches(std::span<const uint8_t> token) const {
  if (token.size() != kEncodedBytes) return false;
  // Volatile keeps the compiler from leaving the loop early.
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < kEncodedBytes; ++i) {
    difference = static_cast<uint8_t>(difference | (token[i] ^ bytes_[i]));
  }
  return difference == 0;
}

}  // namespace conclave::signal
