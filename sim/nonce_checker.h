// Proves that no SRTP nonce is used for two plaintexts (decisions 25): across slot switches,
// retransmissions, ICE restarts and whatever else a run does.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <unordered_map>

#include "sim/violations.h"
#include "transport/srtp_engine.h"

namespace conclave::sim {

class NonceChecker final : public transport::SrtpObserver {
 public:
  // `now` and `violations` outlive this.
  NonceChecker(const Instant& now, Violations& violations) : now_(now), violations_(violations) {}

  void OnEncrypt(uint64_t session, bool rtcp, uint32_t ssrc, uint64_t index,
                 std::span<const uint8_t> header, std::span<const uint8_t> plaintext) override;

  uint64_t encryptions() const { return encryptions_; }
  // Called for each RTP packet that is encrypted.
  std::function<void(uint32_t ssrc, uint64_t index, std::span<const uint8_t> header)> on_rtp;

 private:
  struct Key {
    uint64_t session = 0;
    uint64_t index = 0;
    uint32_t ssrc = 0;
    bool rtcp = false;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key& key) const noexcept {
      return (key.session * 0x9e3779b97f4a7c15 ^ key.index) * 0xbf58476d1ce4e5b9 ^
             (uint64_t{key.ssrc} << 1 | (key.rtcp ? 1u : 0u)) * 0x94d049bb133111eb;
    }
  };

  const Instant& now_;
  Violations& violations_;
  // Nonce -> hash of all that it encrypted.
  std::unordered_map<Key, uint64_t, KeyHash> seen_;
  uint64_t encryptions_ = 0;
};

}  // namespace conclave::sim
