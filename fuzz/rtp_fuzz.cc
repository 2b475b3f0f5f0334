// RTP: what is parsed, written again and parsed again is the same packet.
#include <vector>

#include "fuzz/oracle.h"
#include "wire/demux.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"

namespace conclave::wire {
namespace {

std::vector<RtpExtension> Elements(const RtpPacket& packet) {
  std::vector<RtpExtension> elements;
  RtpExtensionIterator iterator(packet);
  while (const auto element = iterator.Next()) elements.push_back(*element);
  return elements;
}

void ReadValue(ExtensionValue value, fuzz::Input input) {
  fuzz::CheckInside(value, input);
  if (const auto level = ParseAudioLevel(value)) CHECK(level->level <= 127);
  if (const auto text = ParseStreamId(value)) {
    fuzz::CheckInside(*text, input);
    CHECK(fuzz::Same(EncodeStreamId(*text), value));
  }
  static_cast<void>(ParseTransportSequence(value));
  static_cast<void>(ParseAbsSendTime(value));
}

void CheckRoundTrip(const RtpPacket& packet, const std::vector<RtpExtension>& elements) {
  std::vector<uint32_t> csrcs;
  for (size_t i = 0; i < packet.csrcs.size(); ++i) csrcs.push_back(packet.csrcs[i]);
  const RtpHeader header = {packet.marker,
                            packet.padding_bytes > 0,
                            packet.payload_type,
                            packet.sequence,
                            packet.timestamp,
                            packet.ssrc,
                            csrcs,
                            elements};
  std::vector<uint8_t> buffer(RtpHeaderBytes(header) + packet.payload.size() +
                              packet.padding_bytes);
  ByteWriter writer(buffer);
  WriteRtpHeader(header, writer);
  writer.Bytes(packet.payload);
  WriteRtpPadding(packet.padding_bytes, writer);
  CHECK(writer.ok() && writer.remaining() == 0);
  const auto again = ParseRtp(buffer);
  CHECK(again);
  CHECK(again->marker == packet.marker && again->payload_type == packet.payload_type);
  CHECK(again->sequence == packet.sequence && again->timestamp == packet.timestamp);
  CHECK(again->ssrc == packet.ssrc && again->padding_bytes == packet.padding_bytes);
  CHECK(again->csrcs.size() == packet.csrcs.size());
  CHECK(fuzz::Same(again->payload, packet.payload));
  const auto elements_again = Elements(*again);
  CHECK(elements_again.size() == elements.size());
  for (size_t i = 0; i < elements.size(); ++i) {
    CHECK(elements_again[i].id == elements[i].id);
    CHECK(fuzz::Same(elements_again[i].value, elements[i].value));
  }
}

void Run(fuzz::Input input) {
  static_cast<void>(ClassifyDatagram(input));
  const auto header = ParseRtpHeader(input);
  const auto packet = ParseRtp(input);
  CHECK(header || !packet);
  if (!packet) return;
  CHECK(packet->header_bytes + packet->payload.size() + packet->padding_bytes == input.size());
  CHECK(header->payload.size() == packet->payload.size() + packet->padding_bytes);
  fuzz::CheckInside(packet->payload, input);
  fuzz::CheckInside(packet->extensions, input);
  const auto elements = Elements(*packet);
  for (const RtpExtension& element : elements) {
    ReadValue(element.value, input);
    CHECK(FindExtension(*packet, element.id));
  }
  CheckRoundTrip(*packet, elements);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
