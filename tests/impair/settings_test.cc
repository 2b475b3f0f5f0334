#include "tests/impair/settings.h"

#include <gtest/gtest.h>

namespace conclave::impair {
namespace {

TEST(SettingsTest, ALineChangesOneDirectionAndOnlyWhatItNames) {
  Settings settings;
  EXPECT_EQ(Apply("down rate_kbps=500 queue_ms=250 loss=0.1", settings), std::nullopt);
  EXPECT_EQ(Apply("down delay_ms=12.5", settings), std::nullopt);
  EXPECT_EQ(settings.down.capacity, DataRate::Kbps(500));
  EXPECT_EQ(settings.down.queue, Duration::Millis(250));
  EXPECT_EQ(settings.down.delay, Duration::Micros(12500));
  EXPECT_EQ(settings.down.loss, 0.1);
  EXPECT_EQ(settings.up.capacity, DataRate());
  EXPECT_EQ(settings.up.loss, 0);
}

TEST(SettingsTest, AMistakeIsNamedAndChangesNothing) {
  Settings settings;
  for (const char* line : {"", "sideways loss=1", "up loss", "up loss=", "up loss=-1",
                           "up loss=nan", "up loss=0.5x", "up speed=3"}) {
    EXPECT_NE(Apply(std::string("") + line, settings), std::nullopt) << line;
  }
  EXPECT_NE(Apply("up loss=0.5 speed=3", settings), std::nullopt);
  EXPECT_EQ(settings.up.loss, 0);
}

}  // namespace
}  // namespace conclave::impair
