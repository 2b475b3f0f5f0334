#include "media/layer_state.h"

#include <gtest/gtest.h>

namespace conclave::media {
namespace {

TEST(LayerState, AssumesHalvings) {
  EXPECT_EQ(AssumedHeight(0, 1), 720);
  EXPECT_EQ(AssumedHeight(0, 3), 180);
  EXPECT_EQ(AssumedHeight(1, 3), 360);
  EXPECT_EQ(AssumedHeight(2, 3), 720);
}

}  // namespace
}  // namespace conclave::media
