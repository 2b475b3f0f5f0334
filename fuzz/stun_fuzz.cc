// STUN: what is understood of a message survives being built again. As a fuzzer cannot guess a CRC,
// the last eight bytes are also tried as a FINGERPRINT that is made right.
#include <vector>

#include "fuzz/oracle.h"
#include "wire/stun.h"

namespace conclave::wire {
namespace {

void CheckRoundTrip(const StunMessage& message) {
  std::array<uint8_t, kStunBytesMax + 64> buffer;
  StunBuilder builder(message.message_class, message.method, message.transaction, buffer);
  if (message.username) builder.AddUsername(*message.username);
  if (message.priority) builder.AddPriority(*message.priority);
  if (message.ice_controlling) builder.AddIceControlling(*message.ice_controlling);
  if (message.ice_controlled) builder.AddIceControlled(*message.ice_controlled);
  if (message.use_candidate) builder.AddUseCandidate();
  if (message.xor_mapped_address) builder.AddXorMappedAddress(*message.xor_mapped_address);
  if (message.error_code) builder.AddErrorCode(*message.error_code, "");
  const auto signed_bytes = builder.IntegrityInput();
  const std::vector<uint8_t> expected(signed_bytes.begin(), signed_bytes.end());
  if (message.integrity) builder.AddIntegrity(*message.integrity);
  const auto bytes = builder.Finish();
  CHECK(!bytes.empty());
  const auto again = ParseStun(bytes);
  CHECK(again && again->has_fingerprint);
  CHECK(again->message_class == message.message_class && again->method == message.method);
  CHECK(again->transaction == message.transaction && again->username == message.username);
  CHECK(again->priority == message.priority && again->use_candidate == message.use_candidate);
  CHECK(again->ice_controlling == message.ice_controlling);
  CHECK(again->ice_controlled == message.ice_controlled);
  CHECK(again->xor_mapped_address == message.xor_mapped_address);
  CHECK(again->error_code == message.error_code && again->integrity == message.integrity);
  if (again->integrity) {
    CHECK(fuzz::Same(StunIntegrityInput(bytes, *again).bytes(), expected));
  }
}

void Try(fuzz::Input input) {
  const auto message = ParseStun(input);
  if (!message) return;
  if (message->username) fuzz::CheckInside(*message->username, input);
  CHECK(message->unknown_required_count <= message->unknown_required.size());
  if (message->integrity) {
    CHECK(StunIntegrityInput(input, *message).bytes().size() == message->integrity_offset);
  }
  CheckRoundTrip(*message);
}

void Run(fuzz::Input input) {
  Try(input);
  if (input.size() < kStunHeaderBytes + 8) return;
  std::vector<uint8_t> mended(input.begin(), input.end());
  const size_t crc_offset = mended.size() - 4;
  ByteWriter writer(std::span(mended).subspan(crc_offset - 4));
  const uint32_t attribute = 0x80280004;
  writer.U32(attribute);
  writer.U32(StunCrc32(std::span(mended).first(crc_offset - 4)) ^ 0x5354554E);
  Try(mended);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
