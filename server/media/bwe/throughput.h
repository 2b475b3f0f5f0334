// What gets through: libwebrtc's robust throughput estimator, which a single late burst does not
// mislead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "media/bwe/bandwidth_controller.h"

namespace conclave::media {

class Throughput {
 public:
  void OnFeedback(std::span<const PacketResult> results);
  // Bits per second; nullopt before enough packets arrived.
  std::optional<double> bps() const { return bps_; }

 private:
  // What counts of a result. The low bits of times: those in the window lie within seconds of each
  // other.
  struct Arrived {
    uint32_t at_us = 0;
    uint32_t sent_us = 0;
    int size_bytes = 0;
  };
  // Of consecutive packets, in the order of arrival.
  struct Sum {
    int64_t bytes = 0;
    // To the packet before each.
    int32_t largest_gap_us = 0;
    int32_t second_gap_us = 0;
    uint32_t first_sent_us = 0;
    uint32_t last_sent_us = 0;
    int last_bytes = 0;

    void Add(const Arrived& packet, int32_t gap_us);
    void Add(const Sum& next);
    void AddGap(int32_t gap_us);
  };
  // So many packets are summed up once and not read again with each feedback: those of a window
  // that all receivers have do not fit a cache.
  static constexpr size_t kBlock = 32;

  // By number since the window was empty, from begin_ to end_.
  Arrived& At(size_t number) { return packets_[number & (packets_.size() - 1)]; }
  const Arrived& At(size_t number) const { return packets_[number & (packets_.size() - 1)]; }
  Sum& BlockOf(size_t number) { return blocks_[number / kBlock & (blocks_.size() - 1)]; }
  size_t size() const { return end_ - begin_; }

  void Insert(const Arrived& packet);
  void Grow();
  void Trim();
  Sum SumOf(size_t from, size_t to) const;
  Sum SumAll();
  std::optional<double> Compute();

  // Sorted by arrival; trimmed after each packet's feedback to some hundred packets. Their number
  // is a power of two, or none.
  std::vector<Arrived> packets_;
  // Of packets_, kBlock each.
  std::vector<Sum> blocks_;
  size_t begin_ = 0;
  size_t end_ = 0;
  // Whole blocks up to here are summed up.
  size_t summed_ = 0;
  // Of the last one inserted.
  Instant newest_;
  std::optional<double> bps_;
};

}  // namespace conclave::media
