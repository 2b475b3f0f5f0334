#include "wire/dependency_descriptor.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "wire/svc_script.h"

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;
using enum DecodeTargetIndication;

constexpr std::array<SvcMode, 6> kModes = {
    {{1, 1, false}, {1, 2, false}, {1, 3, false}, {2, 1, false}, {3, 3, false}, {3, 3, true}}};

// Two temporal layers, written bit by bit from the specification: a key frame, a base frame that
// refers to two before, an upper frame that refers to one before; one chain.
const Bytes kByHand = {
    0b1100'0000, 0x01, 0x00,  // Start and end, template 0, frame 256.
    0b1000'0000,              // A structure and nothing else; the offset's first three bits.
    0b0000'0001,              // The other three; two targets.
    0b0001'1110,              // Then the same layers, the next temporal layer, no more; Switch.
    0b1010'1000,              // Switch; Switch, Switch; not present.
    0b0101'0001,              // Discardable; no reference; one that is two before ...
    0b0100'0001,              // ... and no more; one before, no more; ns(3) of one chain ...
    0,           0,           // ... and its differences, all zero; no resolutions.
};

TEST(DependencyDescriptor, ReadsTheMandatoryFields) {
  const auto descriptor = ParseDependencyDescriptor(Bytes{0xa5, 0x12, 0x34});
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->start_of_frame);
  EXPECT_FALSE(descriptor->end_of_frame);
  EXPECT_EQ(descriptor->template_id, 0x25);
  EXPECT_EQ(descriptor->frame_number, 0x1234);
  EXPECT_FALSE(descriptor->has_structure);
}

TEST(DependencyDescriptor, SeesTheFlags) {
  EXPECT_TRUE(ParseDependencyDescriptor(Bytes{0x80, 0, 1, 0x80})->has_structure);
  const auto custom = ParseDependencyDescriptor(Bytes{0x80, 0, 1, 0x78});
  EXPECT_FALSE(custom->has_structure);
  EXPECT_TRUE(custom->has_active_targets && custom->custom_indications);
  EXPECT_TRUE(custom->custom_frame_diffs && custom->custom_chain_diffs);
}

TEST(DependencyDescriptor, RejectsTruncations) {
  EXPECT_FALSE(ParseDependencyDescriptor({}));
  EXPECT_FALSE(ParseDependencyDescriptor(Bytes{0x80, 0}));
}

TEST(DependencyDescriptor, ReadsAStructureThatWasWrittenByHand) {
  DependencyStructure structure;
  ASSERT_TRUE(ParseAttachedStructure(kByHand, structure));
  EXPECT_EQ(structure.template_id_offset, 0);
  EXPECT_EQ(structure.decode_targets, 2);
  ASSERT_EQ(structure.template_count, 3);
  EXPECT_EQ(structure.templates[0].temporal_layer, 0);
  EXPECT_EQ(structure.templates[1].temporal_layer, 0);
  EXPECT_EQ(structure.templates[2].temporal_layer, 1);
  EXPECT_EQ(structure.templates[0].indications[0], kSwitch);
  EXPECT_EQ(structure.templates[2].indications[0], kNotPresent);
  EXPECT_EQ(structure.templates[2].indications[1], kDiscardable);
  EXPECT_EQ(structure.templates[0].frame_diff_count, 0);
  ASSERT_EQ(structure.templates[1].frame_diff_count, 1);
  EXPECT_EQ(structure.templates[1].frame_diffs[0], 2);
  EXPECT_EQ(structure.templates[2].frame_diffs[0], 1);
  EXPECT_EQ(structure.chains, 1);
  EXPECT_FALSE(structure.has_resolutions);
}

TEST(DependencyDescriptor, EveryStructureComesBackAsItWasWritten) {
  for (const SvcMode& mode : kModes) {
    SvcScript script(mode, 61);
    DependencyStructure expected = script.structure();
    for (const bool sizes : {false, true}) {
      expected.has_resolutions = sizes;
      for (size_t i = 0; sizes && i < mode.spatial; ++i) {
        expected.resolutions[i] = {320U << i, 180U << i};
      }
      Bytes bytes(kDependencyDescriptorBytesMax);
      const DependencyDescriptor descriptor = {.start_of_frame = true, .has_structure = true};
      bytes.resize(WriteDependencyDescriptor(descriptor, expected, 0, {}, bytes));
      ASSERT_FALSE(bytes.empty());
      DependencyStructure read;
      ASSERT_TRUE(ParseAttachedStructure(bytes, read));
      EXPECT_EQ(read, expected);
      for (size_t size = 4; size + 1 < bytes.size(); ++size) {
        EXPECT_FALSE(ParseAttachedStructure(std::span(bytes).first(size), read)) << size;
      }
    }
  }
}

TEST(DependencyDescriptor, EveryFrameOfAStreamIsUnderstood) {
  for (const SvcMode& mode : kModes) {
    SvcScript script(mode, 7, 65530);
    for (int picture = 0; picture < 20; ++picture) {
      for (const SvcFrame& frame : script.Next(picture == 11)) {
        const Bytes bytes = script.Descriptor(frame);
        const auto parsed = ParseFrameDependencies(bytes, script.structure());
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->dependencies, frame.dependencies);
        EXPECT_EQ(parsed->active_targets.has_value(), parsed->layout.has_structure);
      }
    }
  }
}

TEST(DependencyDescriptor, AFrameMayDifferFromItsTemplate) {
  SvcScript script({2, 2, false});
  const SvcFrame base = script.Next(true)[0];
  FrameDependencies frame = base.dependencies;
  frame.indications = {kRequired, kDiscardable, kNotPresent, kSwitch};
  frame.frame_diff_count = 3;
  frame.frame_diffs = {1, 200, 4096};
  frame.chain_diffs = {255, 17};
  const DependencyDescriptor descriptor = {.template_id = base.template_id,
                                           .frame_number = 5,
                                           .has_active_targets = true,
                                           .custom_indications = true,
                                           .custom_frame_diffs = true,
                                           .custom_chain_diffs = true};
  Bytes bytes(40);
  bytes.resize(WriteDependencyDescriptor(descriptor, script.structure(), 0b1011, frame, bytes));
  EXPECT_EQ(ParseDependencyDescriptor(bytes), descriptor);
  const auto parsed = ParseFrameDependencies(bytes, script.structure());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dependencies, frame);
  EXPECT_EQ(parsed->active_targets, 0b1011u);
  for (size_t size = 4; size + 1 < bytes.size(); ++size) {
    EXPECT_FALSE(ParseFrameDependencies(std::span(bytes).first(size), script.structure())) << size;
  }
}

TEST(DependencyDescriptor, ATemplateThatTheStructureDoesNotHaveIsRefused) {
  SvcScript script({1, 3, false}, 62);
  const uint8_t count = script.structure().template_count;
  const auto id = [](int value) { return static_cast<uint8_t>(value % 64); };
  EXPECT_TRUE(ParseFrameDependencies(Bytes{id(62 + count - 1), 0, 0}, script.structure()));
  EXPECT_FALSE(ParseFrameDependencies(Bytes{id(62 + count), 0, 0}, script.structure()));
  EXPECT_FALSE(ParseFrameDependencies(Bytes{61, 0, 0}, script.structure()));
}

// What a receiver understands of a rewritten descriptor is what was sent, but for what was
// exchanged.
TEST(DependencyDescriptor, RewritesNumbersIdsAndTargetsAndNothingElse) {
  for (const SvcMode& mode : kModes) {
    SvcScript script(mode, 60, 65000);
    DependencyStructure received;
    for (int picture = 0; picture < 9; ++picture) {
      for (const SvcFrame& frame : script.Next(false)) {
        const Bytes bytes = script.Descriptor(frame);
        const auto source = ParseFrameDependencies(bytes, script.structure());
        for (const std::optional<uint32_t> active : {std::optional<uint32_t>(), {1}}) {
          Bytes out(kDependencyDescriptorBytesMax);
          const DescriptorRewrite rewrite = {static_cast<uint16_t>(frame.frame_number + 1000), 13,
                                             active};
          out.resize(RewriteDependencyDescriptor(bytes, source->layout, rewrite, out));
          const auto descriptor = ParseDependencyDescriptor(out);
          ASSERT_TRUE(descriptor);
          EXPECT_EQ(descriptor->frame_number, rewrite.frame_number);
          EXPECT_EQ(descriptor->template_id, (frame.template_id + 13) % 64);
          if (descriptor->has_structure) {
            ASSERT_TRUE(ParseAttachedStructure(out, received));
            DependencyStructure expected = script.structure();
            expected.template_id_offset = (60 + 13) % 64;
            EXPECT_EQ(received, expected);
          }
          const auto parsed = ParseFrameDependencies(out, received);
          ASSERT_TRUE(parsed);
          EXPECT_EQ(parsed->dependencies, frame.dependencies);
          EXPECT_EQ(descriptor->has_active_targets, active.has_value());
          if (active) {
            EXPECT_EQ(parsed->active_targets, active);
          }
        }
      }
    }
  }
}

TEST(DependencyDescriptor, ARewriteTakesAwayTargetsThatTheSourceNamed) {
  SvcScript script({2, 2, false});
  const SvcFrame base = script.Next(true)[0];
  const DependencyDescriptor descriptor = {
      .template_id = base.template_id, .has_active_targets = true, .custom_chain_diffs = true};
  FrameDependencies frame = base.dependencies;
  frame.chain_diffs = {3, 77};
  Bytes bytes(40);
  bytes.resize(WriteDependencyDescriptor(descriptor, script.structure(), 0b11, frame, bytes));
  const auto source = ParseFrameDependencies(bytes, script.structure());
  Bytes out(40);
  out.resize(RewriteDependencyDescriptor(bytes, source->layout, {9, 0, std::nullopt}, out));
  const auto parsed = ParseFrameDependencies(out, script.structure());
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->active_targets);
  EXPECT_EQ(parsed->dependencies.chain_diffs[1], 77);
}

TEST(DependencyDescriptor, ARewriteThatDoesNotFitSaysSo) {
  SvcScript script({3, 3, true});
  const Bytes bytes = script.Descriptor(script.Next(true)[0]);
  const auto source = ParseFrameDependencies(bytes, script.structure());
  Bytes out(bytes.size() - 1);
  EXPECT_EQ(RewriteDependencyDescriptor(bytes, source->layout, {1, 1, std::nullopt}, out), 0u);
}

}  // namespace
}  // namespace conclave::wire
