#include "conference/passcode_guard.h"

#include <algorithm>

namespace conclave::conference {
namespace {

// Nothing after the first kPasscodeFreeAttempts - 1, then 1 s, and twice as long each time.
Duration PauseAfter(int attempts) {
  if (attempts < kPasscodeFreeAttempts) return Duration();
  const int doublings = std::min(attempts - kPasscodeFreeAttempts, 16);
  return std::min(Duration::Seconds(int64_t{1} << doublings), kPasscodePauseMax);
}

}  // namespace

std::optional<Duration> PasscodeGuard::Try(Instant now, const std::optional<IpAddress>& network) {
  const IpAddress key = network.value_or(IpAddress());
  const auto known = networks_.find(key);
  if (known != networks_.end() && known->second.next > now) return known->second.next - now;
  if (!room_.Take(now)) return room_.Wait(now);
  if (known == networks_.end()) MakeRoom();
  Attempts& attempts = networks_[key];
  attempts.next = now + PauseAfter(++attempts.count);
  return std::nullopt;
}

void PasscodeGuard::OnRight(const std::optional<IpAddress>& network) {
  networks_.erase(network.value_or(IpAddress()));
}

void PasscodeGuard::MakeRoom() {
  if (networks_.size() < kPasscodeNetworksMax) return;
  const auto sooner = [](const auto& a, const auto& b) { return a.second.next < b.second.next; };
  networks_.erase(std::min_element(networks_.begin(), networks_.end(), sooner));
}

}  // namespace conclave::conference
