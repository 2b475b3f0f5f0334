// Two ends with a bad network between them, on virtual time. For tests only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/datagram.h"
#include "base/random.h"
#include "transport/outbox.h"

namespace conclave::transport {

struct TestImpairment {
  uint32_t loss_percent = 0;
  uint32_t duplicate_percent = 0;
  Duration delay = Duration::Millis(20);
  // Added evenly: datagrams overtake each other.
  Duration jitter;
};

enum class TestEnd : uint8_t { kServer, kClient };

class TestNetwork {
 public:
  struct Delivery {
    Instant at;
    uint64_t order;
    TestEnd to;
    Path path;
    std::vector<uint8_t> bytes;
  };

  TestNetwork(uint64_t seed, TestImpairment impairment) : random_(seed), impairment_(impairment) {}

  // Takes all that is in the outbox.
  void Send(Instant now, TestEnd from, Outbox& out) {
    for (size_t i = 0; i < out.size(); ++i) Send(now, from, out[i].path, out[i].bytes);
    out.Clear();
  }
  void Send(Instant now, TestEnd from, const Path& path, std::span<const uint8_t> bytes) {
    const TestEnd to = from == TestEnd::kServer ? TestEnd::kClient : TestEnd::kServer;
    ++sent_;
    if (Percent(impairment_.loss_percent)) return;
    const int copies = Percent(impairment_.duplicate_percent) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
      const int64_t jitter_us =
          impairment_.jitter.us() == 0 ? 0 : random_.Next32() % impairment_.jitter.us();
      queue_.push_back({now + impairment_.delay + Duration::Micros(jitter_us), ++order_, to, path,
                        std::vector<uint8_t>(bytes.begin(), bytes.end())});
    }
  }

  Instant NextDelivery() const {
    return queue_.empty() ? Instant::Never() : std::ranges::min_element(queue_, Earlier)->at;
  }
  std::optional<Delivery> Pop(Instant now) {
    if (queue_.empty() || NextDelivery() > now) return std::nullopt;
    const auto first = std::ranges::min_element(queue_, Earlier);
    Delivery delivery = std::move(*first);
    queue_.erase(first);
    return delivery;
  }
  uint64_t sent() const { return sent_; }

 private:
  static bool Earlier(const Delivery& a, const Delivery& b) {
    return a.at != b.at ? a.at < b.at : a.order < b.order;
  }
  bool Percent(uint32_t percent) { return random_.Next32() % 100 < percent; }

  SeededRandom random_;
  TestImpairment impairment_;
  std::vector<Delivery> queue_;
  uint64_t order_ = 0;
  uint64_t sent_ = 0;
};

}  // namespace conclave::transport
