// What allocating costs a receiver with very many tracks, counted rather than timed:
// calls of `operator new`.
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <new>
#include <vector>

#include "base/random.h"
#include "router/allocate.h"

namespace {

uint64_t allocations = 0;

void* Counted(std::size_t size) {
  ++allocations;
  void* memory = std::malloc(size);
  if (!memory) std::abort();
  return memory;
}

}  // namespace

void* operator new(std::size_t size) { return Counted(size); }
void* operator new[](std::size_t size) { return Counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace conclave::router {
namespace {

constexpr size_t kTracks = 500;
constexpr size_t kLayers = 3;
class AllocateCount : public testing::Test {
 protected:
  AllocateCount() : layers_(kTracks), demands_(kTracks) {
    for (size_t i = 0; i < kTracks; ++i) demands_[i] = {.layers = layers_[i], .height_px = 720};
    Waver();
  }
  void Waver() {
    constexpr std::array<int64_t, kLayers> kBps = {150'000, 500'000, 1'500'000};
    for (auto& track : layers_) {
      for (size_t i = 0; i < kLayers; ++i) {
        const int64_t bps = kBps[i] * (900 + random_.Next32() % 200) / 1000;
        track[i] = {true, static_cast<uint16_t>(180 << i), DataRate::Bps(bps)};
      }
    }
  }

  SeededRandom random_{3};
  std::vector<std::array<media::LayerState, kLayers>> layers_;
  std::vector<Demand> demands_;
  AllocationWorkspace workspace_;
  Allocation allocation_;
};

TEST_F(AllocateCount, FiveHundredTracksTakeNoMemoryAnew) {
  const auto budget = AllocationBudget::Of(DataRate::Kbps(150'000));
  workspace_.Allocate(demands_, budget, allocation_);
  Waver();
  const uint64_t before = allocations;
  workspace_.Allocate(demands_, budget, allocation_);
  EXPECT_EQ(allocations, before);
  EXPECT_GT(allocation_.total, DataRate::Kbps(140'000));
}

}  // namespace
}  // namespace conclave::router
