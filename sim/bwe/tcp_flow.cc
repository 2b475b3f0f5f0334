#include "sim/bwe/tcp_flow.h"

#include <algorithm>
#include <cmath>

namespace conclave::sim {
namespace {

constexpr int kSegment = 1500;
constexpr int64_t kReordering = 3;
// RFC 9438 section 4: the constants of CUBIC.
constexpr double kCubicC = 0.4;
constexpr double kCubicBeta = 0.7;
constexpr double kRenoBeta = 0.5;
constexpr double kInitialWindow = 10;
constexpr Micros kRtoMin = 300 * kMilli;
constexpr int64_t kEndless = INT64_MAX / 2;

}  // namespace

TcpFlow::TcpFlow(TcpConfig config, Link& link, EventQueue& events)
    : config_(config), link_(link), events_(events), rng_(config.seed) {
  const double wait = config_.on_at_start ? 0 : rng_.Exponential(config_.off_mean_s);
  events_.At(config_.start + static_cast<Micros>(wait * kSecond), this, kBegin);
}

void TcpFlow::OnEvent(int what, int argument, Micros now) {
  switch (what) {
    case kBegin:
      return Begin(now);
    case kAck:
      return OnAck(argument, now);
    case kArrival:
      stats_.delivered.Add(now, kSegment);
      // The acknowledgement meets no queue.
      events_.At(now + config_.delay, this, kAck, argument);
      return;
    case kTimeout:
      if (now != timeout_at_ || Done()) return;
      for (Outstanding& packet : outstanding_) {
        if (packet.acked || packet.lost) continue;
        packet.lost = true;
        ++left_;
      }
      in_flight_ = 0;
      Reduce();
      window_ = 1;
      return SendMore(now);
    default:
      return;
  }
}

void TcpFlow::Begin(Micros now) {
  left_ = kEndless;
  if (config_.transfer_bytes > 0) {
    const double bytes = rng_.Uniform(.75, 1.25) * config_.transfer_bytes;
    left_ = static_cast<int64_t>(std::ceil(bytes / kSegment));
  }
  transfers_.push_back({now});
  window_ = kInitialWindow;
  threshold_ = 1e9;
  cubic_epoch_ = -1;
  cubic_max_ = 0;
  outstanding_.clear();
  in_flight_ = 0;
  SendMore(now);
}

bool TcpFlow::Done() const { return left_ == 0 && in_flight_ == 0; }

void TcpFlow::SendMore(Micros now) {
  if (now >= config_.end) return;
  while (left_ > 0 && static_cast<double>(in_flight_ + 1) <= std::max(1.0, window_)) SendOne(now);
  ArmTimeout(now);
}

void TcpFlow::SendOne(Micros now) {
  Packet packet;
  packet.sink = this;
  packet.sequence = next_sequence_++;
  packet.size_bytes = kSegment;
  packet.sent = now;
  outstanding_.push_back({packet.sequence, now});
  ++in_flight_;
  --left_;
  link_.Send(packet, now);
}

void TcpFlow::OnLinkExit(const Packet& packet, Micros at) {
  events_.At(at + config_.delay, this, kArrival, static_cast<int>(packet.sequence));
}

void TcpFlow::OnAck(int64_t sequence, Micros now) {
  const auto it = std::lower_bound(
      outstanding_.begin(), outstanding_.end(), sequence,
      [](const Outstanding& packet, int64_t wanted) { return packet.sequence < wanted; });
  if (it == outstanding_.end() || it->sequence != sequence || it->acked) return;
  if (!it->lost) --in_flight_;
  // Spuriously declared lost: its copy is still counted, which a real sender undoes as well.
  it->acked = true;
  MeasureRtt(now - it->sent);
  if (DetectLosses(sequence) > recovery_until_) {
    recovery_until_ = next_sequence_ - 1;
    Reduce();
  } else if (sequence > recovery_until_) {
    Grow(now);
  }
  while (!outstanding_.empty() && (outstanding_.front().acked || outstanding_.front().lost)) {
    outstanding_.pop_front();
  }
  if (Done()) {
    transfers_.back().end = now;
    const double wait = rng_.Exponential(config_.off_mean_s);
    events_.At(now + static_cast<Micros>(wait * kSecond), this, kBegin);
    return;
  }
  SendMore(now);
}

int64_t TcpFlow::DetectLosses(int64_t acked) {
  int64_t newest = -1;
  for (Outstanding& packet : outstanding_) {
    if (packet.sequence > acked - kReordering) break;
    if (packet.acked || packet.lost) continue;
    packet.lost = true;
    --in_flight_;
    ++left_;
    newest = packet.sequence;
  }
  return newest;
}

void TcpFlow::MeasureRtt(Micros rtt) {
  const auto sample = static_cast<double>(rtt);
  srtt_us_ = srtt_us_ == 0 ? sample : srtt_us_ + (sample - srtt_us_) / 8;
}

Micros TcpFlow::Rto() const {
  return std::max(kRtoMin, static_cast<Micros>(2 * srtt_us_) + (srtt_us_ == 0 ? kSecond : 0));
}

void TcpFlow::ArmTimeout(Micros now) {
  timeout_at_ = now + Rto();
  events_.At(timeout_at_, this, kTimeout);
}

double TcpFlow::CubicTarget(Micros now) const {
  const double t = (static_cast<double>(now - cubic_epoch_) + srtt_us_) / kSecond;
  const double k = std::cbrt(cubic_max_ * (1 - kCubicBeta) / kCubicC);
  return kCubicC * std::pow(t - k, 3) + cubic_max_;
}

void TcpFlow::Grow(Micros now) {
  if (window_ < threshold_) {
    window_ += 1;
    return;
  }
  if (config_.kind == TcpKind::kReno) {
    window_ += 1 / window_;
    return;
  }
  if (cubic_epoch_ < 0) {
    cubic_epoch_ = now;
    cubic_max_ = std::max(cubic_max_, window_);
    cubic_reno_ = window_;
  }
  // Section 4.3: never slower than Reno with the same reduction.
  cubic_reno_ += 3 * (1 - kCubicBeta) / (1 + kCubicBeta) / window_;
  const double target = std::clamp(CubicTarget(now), window_, 1.5 * window_);
  window_ = std::max(window_ + (target - window_) / window_, cubic_reno_);
}

void TcpFlow::Reduce() {
  const double beta = config_.kind == TcpKind::kReno ? kRenoBeta : kCubicBeta;
  if (config_.kind == TcpKind::kCubic) {
    // Section 4.7: fast convergence.
    cubic_max_ = window_ < cubic_max_ ? window_ * (1 + kCubicBeta) / 2 : window_;
    cubic_epoch_ = -1;
  }
  window_ = std::max(2.0, window_ * beta);
  threshold_ = window_;
}

}  // namespace conclave::sim
