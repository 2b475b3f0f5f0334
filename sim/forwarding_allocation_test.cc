// After warm-up, forwarding allocates nothing: counted by replacing the global operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sim/shard_harness.h"

namespace {

uint64_t g_allocations = 0;

void* Allocate(size_t size) {
  ++g_allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}

void* Allocate(size_t size, std::align_val_t alignment) {
  ++g_allocations;
  const auto align = static_cast<size_t>(alignment);
  if (void* memory = std::aligned_alloc(align, (size + align - 1) / align * align)) return memory;
  std::abort();
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void* operator new(size_t size, std::align_val_t alignment) { return Allocate(size, alignment); }
void* operator new[](size_t size, std::align_val_t alignment) { return Allocate(size, alignment); }
void* operator new(size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void* operator new[](size_t size, const std::nothrow_t&) noexcept { return Allocate(size); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { std::free(memory); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t, std::align_val_t) noexcept { std::free(memory); }

namespace conclave::sim {
namespace {

// Feeds the shard what clients made, a millisecond at a time, and counts only what the shard does.
TEST(ForwardingAllocation, ThePacketPathAllocatesNothingAfterWarmUp) {
  ShardHarness harness;
  std::vector<Joined> people;
  // No loss, so that NACK lists and histories have their size after a few seconds.
  for (int i = 0; i < 6; ++i) people.push_back(harness.Join());
  harness.world.RunFor(Duration::Seconds(4));
  uint64_t allocations = 0;
  const router::ShardStats before = harness.world.shard().stats();
  harness.world.on_shard_call = [&](bool begins) {
    allocations = begins ? allocations - g_allocations : allocations + g_allocations;
  };
  harness.world.RunFor(Duration::Seconds(3));
  const uint64_t packets = harness.world.shard().stats().datagrams_sent - before.datagrams_sent;
  EXPECT_GT(packets, 5000u);
  EXPECT_EQ(allocations, 0u);
  EXPECT_GT(g_allocations, packets) << "the clients allocate, so counting works";
  harness.world.on_shard_call = nullptr;
}

}  // namespace
}  // namespace conclave::sim
