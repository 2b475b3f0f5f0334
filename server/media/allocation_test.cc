// The packet path allocates nothing after warm-up: measured by counting `operator new`.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "media/audio_activity.h"
#include "media/descriptor_rewriter.h"
#include "media/dominant_speaker.h"
#include "media/frame_reader.h"
#include "media/layer_activity.h"
#include "media/layer_filter.h"
#include "media/layer_selector.h"
#include "media/loudest.h"
#include "media/nack_generator.h"
#include "media/receive_statistics.h"
#include "media/send_history.h"
#include "media/slot_rewriter.h"
#include "media/source_sequence.h"
#include "media/svc_source.h"
#include "media/test_support.h"
#include "media/twcc_generator.h"

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

namespace conclave::media {
namespace {

// All that happens to a packet on its way through this folder, with loss and reordering.
class Path {
 public:
  Path() { lost_.reserve(NackGenerator::kMissingMax); }

  void Step(int64_t ms) {
    const Instant now = AtMs(ms);
    ++sequence_;
    if (Chance(random_, 5)) return;
    const auto late = static_cast<uint16_t>(Chance(random_, 3) ? sequence_ - 20 : sequence_);
    const std::optional<int64_t> unwrapped = source_.OnPacket(late);
    if (!unwrapped) return;
    twcc_.OnPacket(now, late, 1200);
    statistics_.OnPacket(now, *unwrapped, static_cast<uint32_t>(ms * 90));
    const bool key_frame = ms % 1000 == 0;
    nack_.OnPacket(now, *unwrapped, key_frame);
    layers_.OnPacket(now, 0, {.size_bytes = 1200});
    std::optional<PacketRef> packet = pool_.Allocate();
    if (!packet) return;
    (*packet)->info = MakeVp8Info(*unwrapped, ms * 90, static_cast<uint16_t>(ms & 0x7fff), 0);
    (*packet)->info.track = TrackId(1);
    (*packet)->info.frame.key_frame = key_frame;
    Send(now, *packet);
    Report(now);
    activity_.OnLevel(now, static_cast<uint8_t>(random_.Next32() & 127));
    loudest_.OnLevel(now, TrackId(1), activity_.Loudness(now));
    sent_ += dominant_.OnActivity(now, TrackId(1), activity_) ? 1 : 0;
  }
  uint64_t sent() const { return sent_; }

 private:
  void Send(Instant now, const PacketRef& packet) {
    selector_.SetTarget(SourceLayer{TrackId(1), 0});
    const LayerVerdict verdict = selector_.OnPacket(packet->info);
    if (verdict == LayerVerdict::kDrop) return;
    if (verdict == LayerVerdict::kSwitch) slot_.BeginSource();
    if (Chance(random_, 10)) {
      slot_.Drop(packet->info);
      return;
    }
    const std::optional<SlotHeader> header = slot_.Forward(now, packet->info);
    if (!header) return;
    history_.Insert({.source = packet, .header = *header, .sent_at = now});
    if (history_.TakeForResend(now, static_cast<uint16_t>(header->index - 5), Duration())) ++sent_;
    ++sent_;
  }
  void Report(Instant now) {
    lost_.clear();
    nack_.OnDeadline(now, Duration::Millis(50), lost_);
    if (twcc_.OnDeadline(now)) {
      // Once in 50 ms, and not per packet: wire/ may allocate in it.
      const uint64_t before = allocations;
      ByteWriter out(buffer_);
      twcc_.Write(1, 2, out);
      allocations = before;
    }
    if (statistics_.packets() % 100 == 0) statistics_.TakeBlock(now);
  }

  SeededRandom random_{1};
  PacketPool pool_{2048};
  SourceSequence source_;
  TwccGenerator twcc_;
  ReceiveStatistics statistics_{1, 90000};
  NackGenerator nack_;
  LayerActivity layers_;
  LayerSelector selector_;
  SlotRewriter slot_{90000, {}};
  HistoryPool chunks_;
  SendHistory history_{chunks_};
  AudioActivity activity_;
  Loudest loudest_{4};
  DominantSpeaker dominant_;
  std::vector<uint16_t> lost_;
  std::array<uint8_t, 1200> buffer_;
  int64_t sequence_ = 100;
  uint64_t sent_ = 0;
};

TEST(Allocation, NoneOnThePacketPathAfterWarmUp) {
  Path path;
  int64_t ms = 0;
  for (; ms < 10000; ++ms) path.Step(ms);
  const uint64_t before = allocations;
  const uint64_t sent_before = path.sent();
  ASSERT_GT(before, 0u);
  for (; ms < 60000; ++ms) path.Step(ms);
  // A history that holds more than ever before takes a chunk more.
  EXPECT_LE(allocations, before + 3);
  EXPECT_GT(path.sent() - sent_before, 30000u);
}

TEST(Allocation, NoneForTheLayersOfAScalableStream) {
  PacketPool pool(64);
  SvcSource source(TrackId(1), SvcCodec::kVp9, {3, 3, true});
  FrameReader reader;
  LayerFilter filter;
  SlotRewriter slot(90000, {});
  DescriptorRewriter descriptors;
  filter.Begin();
  std::array<uint8_t, wire::kDependencyDescriptorBytesMax> buffer;
  uint64_t forwarded = 0;
  constexpr int kWarmUp = 200;
  for (int picture = 0; picture < 1000; ++picture) {
    // The script allocates; what is done with its packets must not.
    const auto packets = source.Next(pool, picture % 100 == 0);
    const uint64_t before = allocations;
    filter.SetTarget({static_cast<uint8_t>(picture / 50 % 3), 2});
    for (const PacketRef& packet : packets) {
      PacketInfo& info = packet->info;
      const auto value = std::span(packet->bytes).subspan(20, info.descriptor->size_bytes);
      ASSERT_TRUE(reader.Read(wire::Codec::kVp9, packet->payload(), value, 20, info));
      const LayerFilter::Verdict verdict = filter.OnPacket(info);
      if (!verdict.forward) {
        slot.Drop(info);
        continue;
      }
      ASSERT_TRUE(slot.Forward(AtMs(picture * 33), info));
      const auto rewrite = descriptors.Map(info, verdict.complete);
      ASSERT_NE(wire::RewriteDependencyDescriptor(value, info.descriptor->layout, rewrite, buffer),
                0u);
      ++forwarded;
    }
    // Then the structure has come, and as much has been left out as ever will be.
    if (picture >= kWarmUp) {
      ASSERT_EQ(allocations, before);
    }
  }
  EXPECT_GT(forwarded, 1000u);
}

TEST(Allocation, ThePoolAllocatesOnce) {
  const uint64_t before = allocations;
  PacketPool pool(64);
  EXPECT_EQ(allocations, before + 1);
  for (int round = 0; round < 3; ++round) {
    std::array<PacketRef, 64> held;
    for (PacketRef& packet : held) packet = *pool.Allocate();
    EXPECT_FALSE(pool.Allocate());
  }
  EXPECT_EQ(allocations, before + 1);
}

}  // namespace
}  // namespace conclave::media
