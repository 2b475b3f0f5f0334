// Layers of a hostile stream: whatever its packets say, what a receiver is sent is described by the
// structure that it was sent, its points exist, and its numbers go on.
//
// Each packet is: codec; marker and steps of sequence and time; the receiver's target; sizes of
// descriptor and payload; descriptor; payload.
#include <array>
#include <optional>

#include "base/byte_reader.h"
#include "fuzz/oracle.h"
#include "media/descriptor_rewriter.h"
#include "media/frame_reader.h"
#include "media/layer_filter.h"

namespace conclave::media {
namespace {

constexpr std::array<wire::Codec, 5> kCodecs = {wire::Codec::kOpus, wire::Codec::kVp8,
                                                wire::Codec::kVp9, wire::Codec::kH264,
                                                wire::Codec::kAv1};

class Stream {
 public:
  Stream() { filter_.Begin(); }

  void Take(ByteReader& in) {
    const wire::Codec codec = kCodecs[in.U8() % kCodecs.size()];
    const uint8_t steps = in.U8();
    const uint8_t target = in.U8();
    const size_t descriptor_bytes = in.U8();
    const size_t payload_bytes = in.U8();
    const fuzz::Input descriptor = in.Bytes(descriptor_bytes);
    const fuzz::Input payload = in.Bytes(payload_bytes);
    if (!in.ok()) return;
    PacketInfo info;
    // One back to six on; the time never goes back.
    info.sequence = sequence_ += (steps & 0x07) - 1;
    info.timestamp = timestamp_ += (steps >> 4 & 0x07) * 3000;
    info.marker = (steps & 0x80) != 0;
    if (!reader_.Read(codec, payload, descriptor, 0, info)) return;
    CHECK(info.frame.available != 0);
    filter_.SetTarget({static_cast<uint8_t>(target >> 4 & 3), static_cast<uint8_t>(target & 3)});
    const LayerFilter::Verdict verdict = filter_.OnPacket(info);
    CHECK(filter_.current().spatial < kSpatialLayersMax);
    CHECK(filter_.current().temporal < kTemporalLayersMax);
    if (!verdict.forward) return;
    CHECK(verdict.complete != 0);
    if (info.descriptor) CheckDescriptor(descriptor, info, verdict.complete);
  }

 private:
  void CheckDescriptor(fuzz::Input value, const PacketInfo& info, PointMask complete) {
    const wire::DescriptorRewrite rewrite = rewriter_.Map(info, complete);
    std::array<uint8_t, wire::kDependencyDescriptorBytesMax> buffer;
    const size_t size =
        wire::RewriteDependencyDescriptor(value, info.descriptor->layout, rewrite, buffer);
    if (size == 0) return;
    const auto read = wire::ParseDependencyDescriptor(std::span(buffer).first(size));
    CHECK(read && read->frame_number == rewrite.frame_number);
    const int shift = read->template_id - (value[0] & 0x3f);
    CHECK((shift + 64) % 64 == rewrite.template_shift);
    // Inside one source the distances of frames are what they were.
    const auto offset = static_cast<uint16_t>(read->frame_number - info.descriptor->frame_number);
    CHECK(!offset_ || *offset_ == offset);
    offset_ = offset;
  }

  FrameReader reader_;
  LayerFilter filter_;
  DescriptorRewriter rewriter_;
  int64_t sequence_ = 70000;
  int64_t timestamp_ = 0;
  std::optional<uint16_t> offset_;
};

}  // namespace
}  // namespace conclave::media

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::ByteReader in({data, size});
  conclave::media::Stream stream;
  while (in.remaining() > 0) stream.Take(in);
  return 0;
}
