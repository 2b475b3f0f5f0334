#include "transport/ice_lite.h"

#include <algorithm>
#include <utility>

#include "transport/ice_message.h"

namespace conclave::transport {

IceLite::IceLite(Instant now, Duration consent_timeout, IceCredentials local, IceCredentials remote)
    : IceAgent(now, consent_timeout), current_(MakeGeneration(std::move(local), remote)) {
  paths_.reserve(kMaxPaths);
}

IceLite::Generation IceLite::MakeGeneration(IceCredentials local, const IceCredentials& remote) {
  return {local.ufrag + ":" + remote.ufrag, std::move(local.password)};
}

bool IceLite::OnStun(Instant now, const Path& path, std::span<const uint8_t> datagram,
                     Outbox& out) {
  if (expired()) return false;
  const std::optional<wire::StunMessage> message = wire::ParseStun(datagram);
  if (!message || message->message_class != wire::StunClass::kRequest ||
      message->method != wire::kStunBinding) {
    return false;
  }
  const Generation* generation = Authenticate(datagram, *message);
  if (generation == nullptr || ReplayedElsewhere(*message, path)) return false;
  if (message->unknown_required_count > 0) {
    out.Append(
        path,
        IceMessage::ErrorFor(*message, wire::kStunUnknownAttribute, generation->password).bytes());
    return true;
  }
  if (message->ice_controlled) {
    // RFC 8445 section 7.3.1.1: a lite agent never controls, so it is the peer that has to switch.
    out.Append(
        path,
        IceMessage::ErrorFor(*message, wire::kStunRoleConflict, generation->password).bytes());
    return true;
  }
  out.Append(path, IceMessage::SuccessFor(*message, path.remote, generation->password).bytes());
  if (next_ && generation == &*next_) {
    current_ = std::move(*next_);
    next_.reset();
    OnRestarted();
  }
  OnCheck(now, path, *message);
  return true;
}

const IceLite::Generation* IceLite::Authenticate(std::span<const uint8_t> datagram,
                                                 const wire::StunMessage& message) const {
  if (!message.username) return nullptr;
  const Generation* generation = nullptr;
  if (*message.username == current_.username) generation = &current_;
  if (next_ && *message.username == next_->username) generation = &*next_;
  if (generation == nullptr || !HasIntegrity(datagram, message, generation->password)) {
    return nullptr;
  }
  return generation;
}

bool IceLite::ReplayedElsewhere(const wire::StunMessage& message, const Path& path) {
  const size_t path_hash = PathHash{}(path);
  for (const SeenCheck& seen : seen_) {
    if (seen.transaction == message.transaction) return seen.path_hash != path_hash;
  }
  if (seen_.size() < kSeenChecks) {
    seen_.push_back({message.transaction, path_hash});
  } else {
    seen_[seen_next_] = {message.transaction, path_hash};
    seen_next_ = (seen_next_ + 1) % kSeenChecks;
  }
  return false;
}

void IceLite::OnCheck(Instant now, const Path& path, const wire::StunMessage& message) {
  OnConsent(now);
  Touch(now, path);
  Consider(now, path, message);
  if (selected() && selected()->path() == path) selected_last_check_ = now;
}

void IceLite::Touch(Instant now, const Path& path) {
  const auto known = std::ranges::find(paths_, path, &KnownPath::path);
  if (known != paths_.end()) {
    known->last_check = now;
    return;
  }
  if (paths_.size() == kMaxPaths) {
    const auto oldest = std::ranges::min_element(paths_, {}, [this](const KnownPath& candidate) {
      const bool in_use = selected() && selected()->path() == candidate.path;
      return in_use ? Instant::Never() : candidate.last_check;
    });
    *oldest = {path, now};
    return;
  }
  paths_.push_back({path, now});
}

void IceLite::Consider(Instant now, const Path& path, const wire::StunMessage& message) {
  const uint32_t priority = message.priority.value_or(0);
  if (selected() && selected()->path() == path) {
    if (message.use_candidate && !nominated_at_) {
      nominated_at_ = now;
      nominated_priority_ = priority;
    }
    return;
  }
  if (!message.use_candidate) {
    // The first path that works, until one is nominated; or a new mapping of a peer whose NAT
    // forgot the old one, and whose checks do not nominate again.
    if (!selected() || now - selected_last_check_ >= kPathSilent) Select(path);
    return;
  }
  const bool settling = nominated_at_ && now - *nominated_at_ < kNominationSettles;
  if (settling && priority < nominated_priority_) return;
  if (!nominated_at_) nominated_at_ = now;
  nominated_priority_ = priority;
  Select(path);
}

void IceLite::OnDeadline(Instant now, Outbox&) { ExpireIfDue(now); }

Instant IceLite::NextDeadline() const { return expired() ? Instant::Never() : ConsentDeadline(); }

void IceLite::Restart(Instant, IceCredentials local, IceCredentials remote) {
  next_ = MakeGeneration(std::move(local), remote);
  nominated_at_.reset();
}

std::optional<ValidatedPath> IceLite::Validate(const Path& path) const {
  if (selected() && selected()->path() == path) return selected();
  const bool known = std::ranges::find(paths_, path, &KnownPath::path) != paths_.end();
  return known ? std::optional(MakeValidated(path)) : std::nullopt;
}

}  // namespace conclave::transport
