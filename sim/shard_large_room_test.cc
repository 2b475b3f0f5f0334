// More people in a room than the shard looks at in one call, and more for them than one batch
// holds: what is done piece by piece is done for everybody.
#include <gtest/gtest.h>

#include <vector>

#include "sim/shard_harness.h"

namespace conclave::sim {
namespace {

constexpr size_t kPeople = 48;

// Eight full packets a frame: for everybody more than a batch holds.
JoinOptions Speaker() {
  JoinOptions options;
  options.audio_slots = options.video_slots = 0;
  options.simulcast_layers = 1;
  options.pace = {
      .silence = Duration::Millis(400), .video = Duration::Millis(100), .frame_bytes = {8 * 1'000}};
  return options;
}

JoinOptions Listener() {
  JoinOptions options;
  options.camera = false;
  options.pace.silence = Duration::Millis(400);
  options.audio_slots = 2;
  options.video_slots = 1;
  return options;
}

class ShardLargeRoom : public ::testing::Test {
 protected:
  static WorldConfig Config() {
    WorldConfig config;
    config.step = Duration::Millis(5);
    config.one_batch_at_a_time = true;
    return config;
  }
  ShardLargeRoom() : harness_(Config()) {
    for (size_t i = 0; i < kPeople; ++i) people_.push_back(harness_.Join(Listener()));
    harness_.world.RunFor(Duration::Seconds(3));
  }
  // How many have it in a slot.
  size_t Having(TrackId track) {
    size_t count = 0;
    for (const Joined& who : people_) count += harness_.Told(who, track) != nullptr ? 1 : 0;
    return count;
  }

  ShardHarness harness_;
  const Joined speaker_ = harness_.Join(Speaker());
  std::vector<Joined> people_;
};

TEST_F(ShardLargeRoom, EverybodyHearsAndSeesWhoBegins) {
  harness_.media(speaker_).track(speaker_.microphone).set_level(20);
  for (const Joined& who : people_) {
    harness_.SetLayout(who, {{.track = speaker_.camera, .height_px = 720, .on_stage = true}});
  }
  harness_.world.RunFor(Duration::Seconds(2));
  ASSERT_EQ(Having(speaker_.microphone), kPeople);
  ASSERT_EQ(Having(speaker_.camera), kPeople);
  harness_.world.RunFor(Duration::Seconds(3));
  for (const Joined& who : people_) {
    const SlotReceiverStats& audio = harness_.SlotOf(who, speaker_.microphone)->stats();
    const SlotReceiverStats& video = harness_.SlotOf(who, speaker_.camera)->stats();
    EXPECT_GE(audio.packets, 200u) << "50 a second";
    EXPECT_EQ(audio.abandoned, 0u);
    EXPECT_EQ(video.abandoned, 0u);
    EXPECT_GE(video.frames_decoded, 30u) << "10 a second";
    EXPECT_EQ(video.broken_frames, 0u);
  }
}

TEST_F(ShardLargeRoom, WhoLeavesMeanwhileIsNotLookedAt) {
  harness_.media(speaker_).track(speaker_.microphone).set_level(20);
  for (size_t i = 0; i < kPeople; i += 2) {
    harness_.Mute(people_[i + 1].microphone, true);
    harness_.Leave(people_[i]);
  }
  harness_.world.RunFor(Duration::Seconds(2));
  for (size_t i = 1; i < kPeople; i += 2) {
    EXPECT_NE(harness_.Told(people_[i], speaker_.microphone), nullptr);
  }
}

}  // namespace
}  // namespace conclave::sim
