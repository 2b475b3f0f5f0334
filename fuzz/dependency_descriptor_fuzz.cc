// Dependency descriptor: a structure survives being written and read again; a rewrite exchanges
// what it is told to and leaves a receiver with the same dependencies; a descriptor written from
// what was read is read the same. The first byte chooses what is exchanged, and which structure
// came before.
#include <array>
#include <vector>

#include "fuzz/oracle.h"
#include "wire/bit_reader.h"
#include "wire/bit_writer.h"
#include "wire/dependency_descriptor.h"
#include "wire/svc_script.h"

namespace conclave::wire {
namespace {

constexpr std::array<SvcMode, 4> kModes = {
    {{1, 3, false}, {2, 2, false}, {3, 3, false}, {3, 3, true}}};

DependencyStructure ReadAgain(const DependencyStructure& structure) {
  // A structure may be larger than the largest extension element.
  std::vector<uint8_t> bytes(16384);
  BitWriter writer(bytes);
  WriteDependencyStructure(structure, writer);
  CHECK(writer.ok());
  DependencyStructure again;
  BitReader reader(bytes);
  CHECK(ReadDependencyStructure(reader, again));
  return again;
}

void CheckRewrite(fuzz::Input value, const DependencyStructure& structure, const ParsedFrame& frame,
                  uint8_t choice) {
  DescriptorRewrite rewrite = {.frame_number = static_cast<uint16_t>(choice * 257),
                               .template_shift = static_cast<uint8_t>(choice % 64)};
  const uint32_t all = structure.decode_targets == 32 ? ~0U : (1U << structure.decode_targets) - 1;
  if ((choice & 0x80) != 0) rewrite.active_targets = 0x9e3779b9U & all;
  std::array<uint8_t, kDependencyDescriptorBytesMax> buffer;
  const size_t size = RewriteDependencyDescriptor(value, frame.layout, rewrite, buffer);
  // At most the flags and the targets are added to what there was.
  CHECK(size > 0 || value.size() + 5 > buffer.size());
  if (size == 0) return;
  const fuzz::Input out(buffer.data(), size);
  auto expected = *ParseDependencyDescriptor(value);
  expected.frame_number = rewrite.frame_number;
  expected.template_id = static_cast<uint8_t>((expected.template_id + rewrite.template_shift) % 64);
  expected.has_active_targets = rewrite.active_targets.has_value();
  CHECK(ParseDependencyDescriptor(out) == expected);
  DependencyStructure received = structure;
  received.template_id_offset =
      static_cast<uint8_t>((received.template_id_offset + rewrite.template_shift) % 64);
  if (expected.has_structure) {
    DependencyStructure attached;
    CHECK(ParseAttachedStructure(out, attached));
    CHECK(attached == received);
  }
  const auto parsed = ParseFrameDependencies(out, received);
  CHECK(parsed && parsed->dependencies == frame.dependencies);
  if (rewrite.active_targets) CHECK(parsed->active_targets == rewrite.active_targets);
}

void CheckWriter(fuzz::Input value, const DependencyStructure& structure,
                 const ParsedFrame& frame) {
  const auto descriptor = *ParseDependencyDescriptor(value);
  std::array<uint8_t, kDependencyDescriptorBytesMax> buffer;
  const size_t size = WriteDependencyDescriptor(
      descriptor, structure, frame.active_targets.value_or(0), frame.dependencies, buffer);
  if (size == 0) return;
  const fuzz::Input out(buffer.data(), size);
  CHECK(ParseDependencyDescriptor(out) == descriptor);
  const auto parsed = ParseFrameDependencies(out, structure);
  CHECK(parsed && parsed->dependencies == frame.dependencies);
  CHECK(parsed->active_targets == frame.active_targets);
}

void Run(fuzz::Input input) {
  if (input.empty()) return;
  const uint8_t choice = input[0];
  const fuzz::Input value = input.subspan(1);
  const auto descriptor = ParseDependencyDescriptor(value);
  CHECK(descriptor.has_value() == (value.size() >= kDependencyDescriptorMandatoryBytes));
  if (!descriptor || value.size() > kDependencyDescriptorBytesMax) return;
  DependencyStructure structure = SvcScript(kModes[choice % kModes.size()]).structure();
  if (descriptor->has_structure) {
    if (!ParseAttachedStructure(value, structure)) return;
    CHECK(ReadAgain(structure) == structure);
  }
  const auto frame = ParseFrameDependencies(value, structure);
  if (!frame) return;
  CHECK(frame->layout.end <= value.size() * 8);
  CheckRewrite(value, structure, *frame, choice);
  CheckWriter(value, structure, *frame);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
