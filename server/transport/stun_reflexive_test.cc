#include "transport/stun_reflexive.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::transport {
namespace {

constexpr wire::StunTransactionId kTransaction = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const SocketAddress kV4{IpAddress::V4(192, 0, 2, 7), 40000};

std::vector<uint8_t> Request(void (*add)(wire::StunBuilder&) = nullptr,
                             wire::StunClass message_class = wire::StunClass::kRequest) {
  std::vector<uint8_t> bytes(wire::kStunBytesMax);
  wire::StunBuilder builder(message_class, wire::kStunBinding, kTransaction, bytes);
  if (add != nullptr) add(builder);
  bytes.resize(builder.Finish().size());
  return bytes;
}

// As libwebrtc sends it: the header alone.
std::vector<uint8_t> BareRequest() {
  std::vector<uint8_t> bytes = Request();
  bytes.resize(wire::kStunHeaderBytes);
  bytes[2] = bytes[3] = 0;
  return bytes;
}

TEST(ReflexiveAnswer, NamesTheAddress) {
  const SocketAddress v6{*IpAddress::Parse("2001:db8::7"), 40001};
  for (const SocketAddress& source : {kV4, v6}) {
    for (const std::vector<uint8_t>& request : {Request(), BareRequest()}) {
      const auto answer = ReflexiveAnswer::To(request, source);
      ASSERT_TRUE(answer);
      const auto message = wire::ParseStun(answer->bytes());
      ASSERT_TRUE(message);
      EXPECT_EQ(message->message_class, wire::StunClass::kSuccess);
      EXPECT_EQ(message->transaction, kTransaction);
      EXPECT_EQ(message->xor_mapped_address, source);
      EXPECT_LE(answer->bytes().size(), 52u) << "little to gain by asking in another's name";
    }
  }
}

TEST(ReflexiveAnswer, AnswersNothingElse) {
  EXPECT_FALSE(ReflexiveAnswer::To(
      Request([](wire::StunBuilder& builder) { builder.AddUsername("a:b"); }), kV4));
  EXPECT_FALSE(ReflexiveAnswer::To(
      Request([](wire::StunBuilder& builder) { builder.AddIntegrity({}); }), kV4));
  EXPECT_FALSE(ReflexiveAnswer::To(Request(nullptr, wire::StunClass::kIndication), kV4));
  EXPECT_FALSE(ReflexiveAnswer::To(Request(nullptr, wire::StunClass::kSuccess), kV4));
  EXPECT_FALSE(ReflexiveAnswer::To(std::vector<uint8_t>(20), kV4));
  EXPECT_FALSE(ReflexiveAnswer::To({}, kV4));
  const std::vector<uint8_t> large =
      Request([](wire::StunBuilder& builder) { builder.AddErrorCode(400, std::string(200, 'x')); });
  EXPECT_FALSE(ReflexiveAnswer::To(large, kV4));
}

}  // namespace
}  // namespace conclave::transport
