#include "router/probe_sender.h"

#include <algorithm>

namespace conclave::router {

void ProbeSender::Add(const media::ProbeCluster& cluster, Instant now) {
  if (count_ == kClustersMax || cluster.rate <= DataRate()) return;
  clusters_[count_++] = {cluster, now};
  if (count_ == 1) deadline_ = now;
}

int ProbeSender::packet_bytes() const {
  if (!started_) return kPacketMin;
  const media::ProbeCluster& plan = clusters_[0].plan;
  const int64_t share = plan.bytes_min / std::max(plan.packets_min, 1);
  return static_cast<int>(std::clamp<int64_t>(share, kPacketMin, kPacketMax));
}

void ProbeSender::OnSent(int size_bytes) {
  if (!started_) return;
  ++packets_;
  bytes_ += size_bytes;
}

Duration ProbeSender::TimeOf(int64_t bytes) const {
  return Duration::Micros(bytes * 8 * 1'000'000 / clusters_[0].plan.rate.bps());
}

// Only with a packet at its end: a burst of media alone, all at once, has no duration to divide by.
bool ProbeSender::Complete() const {
  const media::ProbeCluster& plan = clusters_[0].plan;
  return packets_before_end_ && packets_ > *packets_before_end_ && packets_ >= plan.packets_min &&
         bytes_ >= plan.bytes_min;
}

void ProbeSender::Drop() {
  std::copy(clusters_.begin() + 1, clusters_.end(), clusters_.begin());
  --count_;
  started_ = false;
  packets_ = 0;
  bytes_ = 0;
  packets_before_end_.reset();
}

int64_t ProbeSender::Due(Instant now) {
  deadline_ = Instant::Never();
  if (started_ && Complete()) Drop();
  while (count_ > 0 && now - clusters_[0].added > kTimeout) Drop();
  if (count_ == 0) return 0;
  if (!started_) {
    started_ = true;
    start_ = now;
  }
  deadline_ = now + kSpacingMin;
  const media::ProbeCluster& plan = clusters_[0].plan;
  const int64_t elapsed_us = (now - start_).us();
  const int64_t planned = plan.rate.bps() * elapsed_us / (8 * 1'000'000);
  if (now >= start_ + TimeOf(plan.bytes_min)) {
    if (!packets_before_end_) packets_before_end_ = packets_;
    return std::max<int64_t>(planned - bytes_, 1);
  }
  return std::max<int64_t>(planned - bytes_, packets_ == 0 ? 1 : 0);
}

}  // namespace conclave::router
