#include "transport/ice_client.h"

#include <algorithm>
#include <utility>

#include "transport/ice_message.h"

namespace conclave::transport {
namespace {

// RFC 8445 section 5.1.2.1: a host candidate (type preference 126) of component 1.
constexpr uint32_t kPriority = 126u << 24 | 65535u << 8 | 255u;

}  // namespace

IceClient::IceClient(Instant now, Duration consent_timeout, IceCredentials local,
                     IceCredentials remote, std::vector<Path> candidates, Random& random)
    : IceAgent(now, consent_timeout), random_(random), tie_breaker_(random.Next64()) {
  Restart(now, std::move(local), std::move(remote));
  for (const Path& path : candidates) {
    if (candidates_.size() < kMaxCandidates) candidates_.push_back({path, now});
  }
}

void IceClient::AddCandidate(Instant now, const Path& path) {
  const bool known = std::ranges::find(candidates_, path, &Candidate::path) != candidates_.end();
  if (known || candidates_.size() == kMaxCandidates) return;
  candidates_.push_back({path, now});
  preferred_ = path;
}

void IceClient::Restart(Instant now, IceCredentials local, IceCredentials remote) {
  username_ = remote.ufrag + ":" + local.ufrag;
  remote_password_ = std::move(remote.password);
  for (Candidate& candidate : candidates_) candidate.next_check = now;
}

bool IceClient::OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram, Outbox&) {
  if (expired()) return false;
  const std::optional<wire::StunMessage> message = wire::ParseStun(datagram);
  if (!message || message->message_class != wire::StunClass::kSuccess) return false;
  const auto candidate = std::ranges::find(candidates_, path, &Candidate::path);
  if (candidate == candidates_.end() ||
      std::ranges::find(candidate->transactions, message->transaction) ==
          candidate->transactions.end() ||
      !HasIntegrity(datagram, *message, remote_password_)) {
    return false;
  }
  OnAnswer(now, *candidate);
  return true;
}

void IceClient::OnAnswer(Instant now, Candidate& candidate) {
  OnConsent(now);
  if (!candidate.valid) {
    candidate.valid = true;
    candidate.next_check = now + kConsentInterval;
  }
  if (!preferred_) preferred_ = candidate.path;
  if (*preferred_ != candidate.path || (selected() && selected()->path() == candidate.path)) return;
  Select(candidate.path);
  // Nominates at once, so that the server switches too.
  candidate.next_check = now;
}

void IceClient::OnDeadline(Instant now, Outbox& out) {
  if (ExpireIfDue(now)) return;
  for (Candidate& candidate : candidates_) {
    if (candidate.next_check <= now) SendCheck(now, candidate, out);
  }
}

Duration IceClient::Interval(const Candidate& candidate) {
  if (candidate.valid) return kConsentInterval;
  const size_t doublings = std::min<size_t>(candidate.sent / 8, 6);
  return std::min(kCheckInterval * (int64_t{1} << doublings), kConsentInterval);
}

void IceClient::SendCheck(Instant now, Candidate& candidate, Outbox& out) {
  wire::StunTransactionId transaction;
  random_.Fill(transaction);
  candidate.transactions[candidate.sent++ % candidate.transactions.size()] = transaction;
  candidate.next_check = now + Interval(candidate);
  const bool nominate = selected() && selected()->path() == candidate.path;
  const IceMessage check = IceMessage::CheckOf({.transaction = transaction,
                                                .username = username_,
                                                .password = remote_password_,
                                                .tie_breaker = tie_breaker_,
                                                .priority = kPriority,
                                                .use_candidate = nominate});
  out.Append(candidate.path, check.bytes());
}

Instant IceClient::NextDeadline() const {
  if (expired()) return Instant::Never();
  Instant next = ConsentDeadline();
  for (const Candidate& candidate : candidates_) next = std::min(next, candidate.next_check);
  return next;
}

std::optional<ValidatedPath> IceClient::Validate(const Path& path) const {
  const auto candidate = std::ranges::find(candidates_, path, &Candidate::path);
  if (candidate == candidates_.end() || !candidate->valid) return std::nullopt;
  return MakeValidated(path);
}

}  // namespace conclave::transport
