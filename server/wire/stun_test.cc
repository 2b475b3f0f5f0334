#include "wire/stun.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

// RFC 5769 section 2.1.
const Bytes kRequest = {
    0x00, 0x01, 0x00, 0x58, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x10, 0x53, 0x54, 0x55, 0x4e, 0x20, 0x74, 0x65, 0x73,
    0x74, 0x20, 0x63, 0x6c, 0x69, 0x65, 0x6e, 0x74, 0x00, 0x24, 0x00, 0x04, 0x6e, 0x00, 0x01, 0xff,
    0x80, 0x29, 0x00, 0x08, 0x93, 0x2f, 0xf9, 0xb1, 0x51, 0x26, 0x3b, 0x36, 0x00, 0x06, 0x00, 0x09,
    0x65, 0x76, 0x74, 0x6a, 0x3a, 0x68, 0x36, 0x76, 0x59, 0x20, 0x20, 0x20, 0x00, 0x08, 0x00, 0x14,
    0x9a, 0xea, 0xa7, 0x0c, 0xbf, 0xd8, 0xcb, 0x56, 0x78, 0x1e, 0xf2, 0xb5, 0xb2, 0xd3, 0xf2, 0x49,
    0xc1, 0xb5, 0x71, 0xa2, 0x80, 0x28, 0x00, 0x04, 0xe5, 0x7a, 0x3b, 0xcf};

// RFC 5769 sections 2.2 and 2.3.
const Bytes kResponseV4 = {
    0x01, 0x01, 0x00, 0x3c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    0x00, 0x08, 0x00, 0x14, 0x2b, 0x91, 0xf5, 0x99, 0xfd, 0x9e, 0x90, 0xc3, 0x8c, 0x74, 0x89, 0xf9,
    0x2a, 0xf9, 0xba, 0x53, 0xf0, 0x6b, 0xe7, 0xd7, 0x80, 0x28, 0x00, 0x04, 0xc0, 0x7d, 0x4c, 0x96};
const Bytes kResponseV6 = {
    0x01, 0x01, 0x00, 0x48, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
    0xfa, 0x87, 0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63,
    0x74, 0x6f, 0x72, 0x20, 0x00, 0x20, 0x00, 0x14, 0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa,
    0xa5, 0xd3, 0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9, 0x00, 0x08, 0x00, 0x14,
    0xa3, 0x82, 0x95, 0x4e, 0x4b, 0xe6, 0x7b, 0xf1, 0x17, 0x84, 0xc9, 0x7c, 0x82, 0x92, 0xc2, 0x75,
    0xbf, 0xe3, 0xed, 0x41, 0x80, 0x28, 0x00, 0x04, 0xc8, 0xfb, 0x0b, 0x4c};

constexpr StunTransactionId kTransaction = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

// A message with these attribute bytes and a right length.
Bytes Message(const Bytes& attributes) {
  Bytes bytes = {0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  bytes[2] = static_cast<uint8_t>(attributes.size() >> 8);
  bytes[3] = static_cast<uint8_t>(attributes.size());
  bytes.insert(bytes.end(), attributes.begin(), attributes.end());
  return bytes;
}

TEST(Stun, ReadsTheRequestOfRfc5769) {
  const auto message = ParseStun(kRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class, StunClass::kRequest);
  EXPECT_EQ(message->method, kStunBinding);
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffu);
  EXPECT_EQ(message->ice_controlled, 0x932ff9b151263b36u);
  EXPECT_FALSE(message->ice_controlling);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_EQ(message->unknown_required_count, 0u);
  ASSERT_TRUE(message->integrity);
  EXPECT_EQ(message->integrity->front(), 0x9a);
  EXPECT_EQ(message->integrity->back(), 0xa2);
}

TEST(Stun, HandsOutTheBytesThatIntegritySigns) {
  const StunIntegrityInput input(kRequest, *ParseStun(kRequest));
  Bytes expected(kRequest.begin(), kRequest.begin() + 76);
  // As if the message ended with MESSAGE-INTEGRITY: without the eight bytes of FINGERPRINT.
  expected[3] = 0x50;
  EXPECT_EQ(Bytes(input.bytes().begin(), input.bytes().end()), expected);
}

TEST(Stun, ReadsTheResponsesOfRfc5769) {
  const auto v4 = ParseStun(kResponseV4);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->message_class, StunClass::kSuccess);
  EXPECT_EQ(v4->xor_mapped_address->ToString(), "192.0.2.1:32853");
  const auto v6 = ParseStun(kResponseV6);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->xor_mapped_address->ToString(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
}

TEST(Stun, RejectsEveryTruncationAndAnExtraByte) {
  for (size_t size = 0; size < kRequest.size(); ++size) {
    EXPECT_FALSE(ParseStun(std::span(kRequest).first(size))) << size;
  }
  Bytes longer = kRequest;
  longer.push_back(0);
  EXPECT_FALSE(ParseStun(longer));
}

TEST(Stun, RejectsAnyFlippedBitBeforeTheFingerprint) {
  for (size_t i = 0; i < kRequest.size() - 8; ++i) {
    Bytes flipped = kRequest;
    flipped[i] ^= 0x10;
    EXPECT_FALSE(ParseStun(flipped)) << i;
  }
}

TEST(Stun, RejectsAnythingBehindTheFingerprint) {
  Bytes bytes = kRequest;
  bytes[3] = 0x5c;
  // The fingerprint covers the length, so it is made right again.
  const uint32_t crc = StunCrc32(std::span(bytes).first(100)) ^ 0x5354554E;
  for (size_t i = 0; i < 4; ++i) bytes[104 + i] = static_cast<uint8_t>(crc >> (24 - 8 * i));
  bytes.insert(bytes.end(), {0x80, 0x22, 0, 0});
  EXPECT_FALSE(ParseStun(bytes));
}

TEST(Stun, RejectsAttributesOfAWrongSize) {
  for (const Bytes& attribute :
       {Bytes{0x00, 0x24, 0, 2, 1, 2, 0, 0}, Bytes{0x80, 0x29, 0, 4, 1, 2, 3, 4},
        Bytes{0x00, 0x25, 0, 1, 1, 0, 0, 0}, Bytes{0x00, 0x08, 0, 4, 1, 2, 3, 4},
        Bytes{0x80, 0x28, 0, 0}, Bytes{0x00, 0x20, 0, 4, 0, 1, 2, 3},
        Bytes{0x00, 0x20, 0, 8, 0, 3, 2, 3, 4, 5, 6, 7}, Bytes{0x00, 0x09, 0, 2, 0, 0, 0, 0},
        Bytes{0x00, 0x09, 0, 4, 0, 0, 7, 0}, Bytes{0x00, 0x24, 0, 8, 1, 2, 3, 4}}) {
    EXPECT_FALSE(ParseStun(Message(attribute))) << int{attribute[1]};
  }
  EXPECT_TRUE(ParseStun(Message({0x00, 0x24, 0, 4, 1, 2, 3, 4})));
}

TEST(Stun, CollectsUnknownRequiredAttributesAndSkipsOptionalOnes) {
  const auto message = ParseStun(Message({0x7f, 0x01, 0, 0, 0xc0, 0x57, 0, 0, 0x00, 0x14, 0, 0}));
  ASSERT_TRUE(message);
  ASSERT_EQ(message->unknown_required_count, 2u);
  EXPECT_EQ(message->unknown_required[0], 0x7f01);
  EXPECT_EQ(message->unknown_required[1], 0x0014);
}

TEST(Stun, BoundsTheNumberOfAttributes) {
  Bytes attributes;
  for (size_t i = 0; i < kStunAttributesMax; ++i) {
    attributes.insert(attributes.end(), {0x7f, 0x01, 0, 0});
  }
  EXPECT_TRUE(ParseStun(Message(attributes)));
  attributes.insert(attributes.end(), {0x7f, 0x01, 0, 0});
  EXPECT_FALSE(ParseStun(Message(attributes)));
}

TEST(Stun, IgnoresWhatNothingVouchesFor) {
  Bytes attributes = {0x00, 0x08, 0, 20};
  attributes.resize(24, 7);
  attributes.insert(attributes.end(), {0x00, 0x25, 0, 0});
  const auto message = ParseStun(Message(attributes));
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->use_candidate);
}

TEST(Stun, TakesTheFirstOfRepeatedAttributes) {
  const auto message =
      ParseStun(Message({0x00, 0x24, 0, 4, 0, 0, 0, 1, 0x00, 0x24, 0, 4, 0, 0, 0, 2}));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->priority, 1u);
}

TEST(StunBuilder, RoundTripsARequest) {
  std::array<uint8_t, kStunBytesMax> buffer;
  StunBuilder builder(StunClass::kRequest, kStunBinding, kTransaction, buffer);
  builder.AddUsername("remote:local");
  builder.AddPriority(12345);
  builder.AddIceControlling(0x1122334455667788);
  builder.AddUseCandidate();
  const Bytes signed_bytes(builder.IntegrityInput().begin(), builder.IntegrityInput().end());
  StunIntegrityTag tag;
  tag.fill(0x5a);
  builder.AddIntegrity(tag);
  const auto bytes = builder.Finish();
  const auto message = ParseStun(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->transaction, kTransaction);
  EXPECT_EQ(message->username, "remote:local");
  EXPECT_EQ(message->priority, 12345u);
  EXPECT_EQ(message->ice_controlling, 0x1122334455667788u);
  EXPECT_TRUE(message->use_candidate);
  EXPECT_EQ(message->integrity, tag);
  EXPECT_TRUE(message->has_fingerprint);
  const StunIntegrityInput input(bytes, *message);
  EXPECT_EQ(Bytes(input.bytes().begin(), input.bytes().end()), signed_bytes);
}

// Built from the fields of RFC 5769 section 2.1 without SOFTWARE, so only the parts are compared.
TEST(StunBuilder, WritesAddressesAsRfc5769Has) {
  const StunTransactionId transaction = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
                                         0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
  for (const Bytes* sample : {&kResponseV4, &kResponseV6}) {
    const SocketAddress address = *ParseStun(*sample)->xor_mapped_address;
    std::array<uint8_t, kStunBytesMax> buffer;
    StunBuilder builder(StunClass::kSuccess, kStunBinding, transaction, buffer);
    builder.AddXorMappedAddress(address);
    const auto bytes = builder.Finish();
    const size_t size = sample == &kResponseV4 ? 12 : 24;
    EXPECT_TRUE(std::equal(sample->begin() + 36, sample->begin() + 36 + static_cast<long>(size),
                           bytes.begin() + 20));
    EXPECT_EQ(ParseStun(bytes)->xor_mapped_address, address);
  }
}

TEST(StunBuilder, RoundTripsErrors) {
  std::array<uint8_t, kStunBytesMax> buffer;
  StunBuilder builder(StunClass::kError, kStunBinding, kTransaction, buffer);
  builder.AddErrorCode(kStunRoleConflict, "Role Conflict");
  const std::array<uint16_t, 3> types = {1, 2, 3};
  builder.AddUnknownAttributes(types);
  const auto message = ParseStun(builder.Finish());
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class, StunClass::kError);
  EXPECT_EQ(message->error_code, 487);
}

TEST(StunBuilder, CarriesEveryClassAndMethod) {
  std::array<uint8_t, kStunBytesMax> buffer;
  for (const StunClass c :
       {StunClass::kRequest, StunClass::kIndication, StunClass::kSuccess, StunClass::kError}) {
    for (const uint16_t method : {uint16_t{0x001}, uint16_t{0x0ff}, uint16_t{0xfff}}) {
      const auto message = ParseStun(StunBuilder(c, method, kTransaction, buffer).Finish());
      ASSERT_TRUE(message);
      EXPECT_EQ(message->message_class, c);
      EXPECT_EQ(message->method, method);
    }
  }
}

TEST(StunBuilder, ReturnsNothingWhereTheBufferIsTooSmall) {
  for (size_t size = 0; size < 40; ++size) {
    Bytes buffer(size);
    StunBuilder builder(StunClass::kSuccess, kStunBinding, kTransaction, buffer);
    builder.AddXorMappedAddress({IpAddress::V4(1, 2, 3, 4), 5});
    EXPECT_TRUE(builder.Finish().empty()) << size;
  }
}

TEST(Stun, ComputesTheCheckValueOfCrc32) {
  const std::string digits = "123456789";
  EXPECT_EQ(StunCrc32({reinterpret_cast<const uint8_t*>(digits.data()), digits.size()}),
            0xCBF43926u);
}

}  // namespace
}  // namespace conclave::wire
