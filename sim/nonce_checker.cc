#include "sim/nonce_checker.h"

#include <string>

#include "sim/hash.h"

namespace conclave::sim {

void NonceChecker::OnEncrypt(uint64_t session, bool rtcp, uint32_t ssrc, uint64_t index,
                             std::span<const uint8_t> header, std::span<const uint8_t> plaintext) {
  ++encryptions_;
  Hash hash;
  hash.Add(header);
  hash.Add(plaintext);
  const auto [entry, fresh] = seen_.try_emplace({session, index, ssrc, rtcp}, hash.value());
  if (!fresh && entry->second != hash.value()) {
    violations_.Add(now_, std::string(rtcp ? "RTCP" : "RTP") + " index " + std::to_string(index) +
                              " of SSRC " + std::to_string(ssrc) + " encrypts two plaintexts");
  }
  if (!rtcp && on_rtp) on_rtp(ssrc, index, header);
}

}  // namespace conclave::sim
