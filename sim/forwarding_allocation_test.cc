// After warm-up, forwarding allocates nothing and takes no lock: counted by replacing the global
// operator new and pthread_mutex_lock, which every lock of the library comes down to.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "sim/shard_harness.h"

namespace {

uint64_t g_allocations = 0;
uint64_t g_locks = 0;

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

extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) {
  using Lock = int (*)(pthread_mutex_t*);
  static const auto real = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  ++g_locks;
  return real(mutex);
}

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
void ExpectNoAllocationNorLock(ShardHarness& harness, uint64_t packets_min) {
  uint64_t allocations = 0;
  uint64_t locks = 0;
  const router::ShardStats before = harness.world.shard().stats();
  harness.world.on_shard_call = [&](bool begins) {
    allocations = begins ? allocations - g_allocations : allocations + g_allocations;
    locks = begins ? locks - g_locks : locks + g_locks;
  };
  harness.world.RunFor(Duration::Seconds(3));
  const uint64_t packets = harness.world.shard().stats().datagrams_sent - before.datagrams_sent;
  EXPECT_GT(packets, packets_min);
  EXPECT_EQ(allocations, 0u);
  EXPECT_EQ(locks, 0u);
  EXPECT_GT(g_allocations, packets) << "the clients allocate, so counting works";
  harness.world.on_shard_call = nullptr;
}

TEST(ForwardingAllocation, CountsLocks) {
  const uint64_t before = g_locks;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  EXPECT_EQ(pthread_mutex_lock(&mutex), 0);
  EXPECT_EQ(g_locks, before + 1);
}

TEST(ForwardingAllocation, ThePacketPathAllocatesNothingAfterWarmUp) {
  ShardHarness harness;
  std::vector<Joined> people;
  // No loss, so that NACK lists and histories have their size after a few seconds.
  for (int i = 0; i < 6; ++i) people.push_back(harness.Join());
  harness.world.RunFor(Duration::Seconds(4));
  ExpectNoAllocationNorLock(harness, 5000);
}

// With estimation, pacing and history: everybody numbers packets and tells what came.
TEST(ForwardingAllocation, NeitherDoEstimationAndPacing) {
  ShardHarness harness;
  std::vector<Joined> people;
  JoinOptions options;
  options.transport_cc = true;
  options.downlink.capacity = DataRate::Kbps(20'000);
  for (int i = 0; i < 6; ++i) people.push_back(harness.Join(options));
  // What is remembered of packets spans three seconds (FeedbackMatcher), and probes are over.
  harness.world.RunFor(Duration::Seconds(12));
  ExpectNoAllocationNorLock(harness, 5000);
}

// As above, with queues that wait: paths that carry less than is wished.
TEST(ForwardingAllocation, NorDoQueuesThatWait) {
  ShardHarness harness;
  JoinOptions options;
  options.pace = {.video = Duration::Millis(33), .packets_per_frame = 6};
  harness.Join(options);
  JoinOptions narrow;
  narrow.camera = narrow.microphone = false;
  narrow.transport_cc = true;
  narrow.downlink.capacity = DataRate::Kbps(700);
  for (int i = 0; i < 20; ++i) harness.Join(narrow);
  harness.world.RunFor(Duration::Seconds(20));
  ExpectNoAllocationNorLock(harness, 5000);
}

}  // namespace
}  // namespace conclave::sim
