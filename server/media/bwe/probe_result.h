// What a probe cluster measured: libwebrtc's probe bitrate estimator.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

// Bits per second.
struct ProbeRates {
  double sent = 0;
  double received = 0;
};

class ProbeResults {
 public:
  // The burst that `cluster` asks for is on its way, or soon.
  void OnCluster(const ProbeCluster& cluster) { Of(cluster.id) = {cluster}; }
  // Bits per second that the newest complete cluster of this feedback measured: as sent, on a path
  // that loses `random_loss` of all packets whatever is sent.
  std::optional<double> OnFeedback(std::span<const PacketResult> results, double random_loss = 0);
  // How fast that cluster was sent and arrived.
  const ProbeRates& rates() const { return rates_; }

 private:
  struct Burst {
    ProbeCluster plan{.id = kNoProbe};
    int packets = 0;
    int64_t bytes = 0;
    Instant first_sent = Instant::Never();
    Instant last_sent;
    Instant first_arrival = Instant::Never();
    Instant last_arrival;
    int size_last_sent = 0;
    int size_first_arrived = 0;
  };

  // More than are ever pending; ids count up, so that a new one takes the place of the oldest.
  static constexpr size_t kClustersMax = 16;
  Burst& Of(int id) { return clusters_[static_cast<size_t>(id) % kClustersMax]; }

  std::optional<double> Measure(const Burst& burst, double random_loss);

  std::array<Burst, kClustersMax> clusters_;
  ProbeRates rates_;
};

}  // namespace conclave::media
