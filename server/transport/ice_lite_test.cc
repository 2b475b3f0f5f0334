#include "transport/ice_lite.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "transport/ice_message.h"
#include "transport/stun_username.h"

namespace conclave::transport {
namespace {

const IceCredentials kLocal{"serverfragment00", "server password of 32 characters"};
const IceCredentials kRemote{"clientfragment00", "client password of 32 characters"};
constexpr Duration kConsent = Duration::Seconds(30);
const Path kPathA{0, {IpAddress::V4(192, 0, 2, 1), 4000}};
const Path kPathB{0, {IpAddress::V4(192, 0, 2, 1), 4001}};
const Path kPathC{1, {IpAddress::V4(198, 51, 100, 7), 9}};

class IceLiteTest : public testing::Test {
 protected:
  struct Check {
    IceCredentials local = kLocal;
    IceCredentials remote = kRemote;
    bool use_candidate = true;
    uint32_t priority = 1000;
  };

  std::vector<uint8_t> MakeCheck(const Check& check) {
    wire::StunTransactionId transaction;
    random_.Fill(transaction);
    const std::string username = check.local.ufrag + ":" + check.remote.ufrag;
    const IceMessage message = IceMessage::CheckOf({.transaction = transaction,
                                                    .username = username,
                                                    .password = check.local.password,
                                                    .tie_breaker = 5,
                                                    .priority = check.priority,
                                                    .use_candidate = check.use_candidate});
    return {message.bytes().begin(), message.bytes().end()};
  }
  bool Send(const Path& path, const std::vector<uint8_t>& bytes) {
    out_.Clear();
    return ice_.OnStun(now_, path, bytes, out_);
  }
  bool SendCheck(const Path& path, const Check& check) { return Send(path, MakeCheck(check)); }
  bool SendCheck(const Path& path) { return SendCheck(path, Check()); }
  std::optional<Path> Selected() const {
    return ice_.selected() ? std::optional(ice_.selected()->path()) : std::nullopt;
  }
  void Advance(Duration time) {
    now_ = now_ + time;
    ice_.OnDeadline(now_, out_);
  }

  SeededRandom random_{1};
  Instant now_ = Instant::FromMicros(1'000'000);
  IceLite ice_{now_, kConsent, kLocal, kRemote};
  Outbox out_;
};

TEST_F(IceLiteTest, AnswersAnAuthenticCheckWithTheSourceAddress) {
  const auto check = MakeCheck({});
  ASSERT_TRUE(Send(kPathA, check));
  ASSERT_EQ(out_.size(), 1u);
  EXPECT_EQ(out_[0].path, kPathA);
  const auto answer = wire::ParseStun(out_[0].bytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->message_class, wire::StunClass::kSuccess);
  EXPECT_EQ(answer->transaction, wire::ParseStun(check)->transaction);
  EXPECT_EQ(answer->xor_mapped_address, kPathA.remote);
  EXPECT_TRUE(answer->has_fingerprint);
  EXPECT_TRUE(HasIntegrity(out_[0].bytes, *answer, kLocal.password));
  EXPECT_LE(out_[0].bytes.size(), check.size() + 44) << "no amplifier";
  EXPECT_EQ(Selected(), kPathA);
}

TEST_F(IceLiteTest, WrongPasswordOrUsernameIsDroppedInSilence) {
  Check wrong_password;
  wrong_password.local.password.back() = 'X';
  Check wrong_username;
  wrong_username.remote.ufrag = "somebodyelse0000";
  Check swapped{kRemote, kLocal};
  for (const Check& check : {wrong_password, wrong_username, swapped}) {
    EXPECT_FALSE(SendCheck(kPathA, check));
    EXPECT_TRUE(out_.empty());
    EXPECT_FALSE(Selected());
    EXPECT_FALSE(ice_.Validate(kPathA));
  }
}

TEST_F(IceLiteTest, MissingIntegrityIsDroppedInSilence) {
  std::vector<uint8_t> buffer(wire::kStunBytesMax);
  wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, {1, 2, 3}, buffer);
  builder.AddUsername(kLocal.ufrag + ":" + kRemote.ufrag);
  builder.AddUseCandidate();
  const auto bytes = builder.Finish();
  EXPECT_FALSE(Send(kPathA, {bytes.begin(), bytes.end()}));
  EXPECT_TRUE(out_.empty());
  EXPECT_FALSE(Selected());
}

TEST_F(IceLiteTest, EveryFlippedBitIsDropped) {
  const auto check = MakeCheck({});
  // All but FINGERPRINT's own header: what follows the signature and is not understood is ignored.
  const size_t signed_bytes = check.size() - 8;
  for (size_t bit = 0; bit < signed_bytes * 8; ++bit) {
    auto forged = check;
    forged[bit / 8] = static_cast<uint8_t>(forged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Send(kPathA, forged)) << bit;
    EXPECT_TRUE(out_.empty());
  }
}

TEST_F(IceLiteTest, RepeatedCheckIsAnsweredAgainButMovesNothingElsewhere) {
  const auto check = MakeCheck({});
  ASSERT_TRUE(Send(kPathA, check));
  EXPECT_TRUE(Send(kPathA, check)) << "RFC 8489 retransmission";
  EXPECT_EQ(out_.size(), 1u);
  EXPECT_FALSE(Send(kPathB, check)) << "captured and sent from another address";
  EXPECT_TRUE(out_.empty());
  EXPECT_EQ(Selected(), kPathA);
  EXPECT_FALSE(ice_.Validate(kPathB));
}

TEST_F(IceLiteTest, ControlledPeerIsToldOfTheConflict) {
  std::vector<uint8_t> buffer(wire::kStunBytesMax);
  wire::StunBuilder builder(wire::StunClass::kRequest, wire::kStunBinding, {9}, buffer);
  builder.AddUsername(kLocal.ufrag + ":" + kRemote.ufrag);
  builder.AddIceControlled(7);
  builder.AddIntegrity(StunHmac(kLocal.password, builder.IntegrityInput()));
  const auto bytes = builder.Finish();
  EXPECT_TRUE(Send(kPathA, {bytes.begin(), bytes.end()}));
  ASSERT_EQ(out_.size(), 1u);
  const auto answer = wire::ParseStun(out_[0].bytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->message_class, wire::StunClass::kError);
  EXPECT_EQ(answer->error_code, wire::kStunRoleConflict);
  EXPECT_TRUE(HasIntegrity(out_[0].bytes, *answer, kLocal.password));
  EXPECT_FALSE(Selected());
}

TEST_F(IceLiteTest, FirstPathServesUntilOneIsNominated) {
  SendCheck(kPathA, {.use_candidate = false});
  EXPECT_EQ(Selected(), kPathA);
  SendCheck(kPathB, {.use_candidate = false});
  EXPECT_EQ(Selected(), kPathA);
  SendCheck(kPathB);
  EXPECT_EQ(Selected(), kPathB);
  EXPECT_TRUE(ice_.Validate(kPathA)) << "data of the other path is still welcome";
}

TEST_F(IceLiteTest, AggressiveNominationTakesTheHighestPriority) {
  SendCheck(kPathA, {.priority = 500});
  SendCheck(kPathB, {.priority = 900});
  SendCheck(kPathC, {.priority = 700});
  EXPECT_EQ(Selected(), kPathB);
}

TEST_F(IceLiteTest, LaterNominationMovesAtOnce) {
  SendCheck(kPathA, {.priority = 900});
  Advance(Duration::Seconds(5));
  SendCheck(kPathA, {.priority = 900});
  SendCheck(kPathC, {.priority = 100});
  EXPECT_EQ(Selected(), kPathC) << "from Wi-Fi to the mobile network";
}

TEST_F(IceLiteTest, NewMappingIsFollowedWithoutNominationOnceTheOldIsSilent) {
  SendCheck(kPathA);
  Advance(Duration::Millis(2500));
  SendCheck(kPathB, {.use_candidate = false});
  EXPECT_EQ(Selected(), kPathA) << "the nominated path is alive";
  Advance(Duration::Millis(1500));
  SendCheck(kPathB, {.use_candidate = false});
  EXPECT_EQ(Selected(), kPathB);
}

TEST_F(IceLiteTest, RestartKeepsTheOldCredentialsUntilTheNewOnesAreUsed) {
  const IceCredentials local{"serverfragment11", "another password of the server.."};
  const IceCredentials remote{"clientfragment11", "another password of the client.."};
  SendCheck(kPathA);
  ice_.Restart(now_, local, remote);
  EXPECT_TRUE(SendCheck(kPathA)) << "the old ones, before the new ones were seen";
  EXPECT_EQ(Selected(), kPathA);
  EXPECT_TRUE(SendCheck(kPathB, {.local = local, .remote = remote}));
  EXPECT_EQ(Selected(), kPathB);
  EXPECT_FALSE(SendCheck(kPathA)) << "the old ones are gone";
  EXPECT_TRUE(SendCheck(kPathA, {.local = local, .remote = remote}));
}

TEST_F(IceLiteTest, ConsentExpiresAfterTheTimeoutAndNotBefore) {
  SendCheck(kPathA);
  Advance(Duration::Seconds(20));
  SendCheck(kPathA, {.use_candidate = false});
  EXPECT_EQ(ice_.NextDeadline(), now_ + kConsent);
  Advance(kConsent - Duration::Micros(1));
  EXPECT_FALSE(ice_.expired());
  Advance(Duration::Micros(1));
  EXPECT_TRUE(ice_.expired());
  EXPECT_EQ(ice_.NextDeadline(), Instant::Never());
  EXPECT_FALSE(SendCheck(kPathA)) << "final";
}

TEST_F(IceLiteTest, PathsAreBoundedAndTheSelectedOneStays) {
  SendCheck(kPathA);
  for (uint16_t port = 1; port <= 200; ++port) {
    Advance(Duration::Millis(1));
    SendCheck({0, {IpAddress::V4(203, 0, 113, 1), port}}, {.use_candidate = false});
  }
  EXPECT_EQ(Selected(), kPathA);
  size_t known = 0;
  for (uint16_t port = 1; port <= 200; ++port) {
    known += ice_.Validate({0, {IpAddress::V4(203, 0, 113, 1), port}}).has_value() ? 1 : 0;
  }
  EXPECT_EQ(known, IceLite::kMaxPaths - 1);
}

TEST_F(IceLiteTest, TenThousandGarbageDatagramsChangeNothing) {
  SendCheck(kPathA);
  const Instant deadline = ice_.NextDeadline();
  const auto check = MakeCheck({});
  now_ = now_ + Duration::Seconds(1);
  for (int i = 0; i < 10000; ++i) {
    std::vector<uint8_t> garbage = check;
    if (i % 2 == 0) {
      garbage.resize(random_.Next32() % 200);
      random_.Fill(garbage);
    } else {
      garbage[random_.Next32() % (garbage.size() - 8)] ^=
          static_cast<uint8_t>(1 + random_.Next32() % 255);
    }
    EXPECT_FALSE(Send(kPathB, garbage));
    EXPECT_TRUE(out_.empty());
  }
  EXPECT_EQ(Selected(), kPathA);
  EXPECT_FALSE(ice_.Validate(kPathB));
  EXPECT_EQ(ice_.NextDeadline(), deadline);
}

TEST_F(IceLiteTest, UsernameOfAStrangersCheckNamesThePeer) {
  const auto check = MakeCheck({});
  const auto username = PeekStunUsername(check);
  ASSERT_TRUE(username);
  EXPECT_EQ(username->local_ufrag, kLocal.ufrag);
  EXPECT_EQ(username->remote_ufrag, kRemote.ufrag);
  EXPECT_FALSE(PeekStunUsername(std::span(check).first(19)));
}

}  // namespace
}  // namespace conclave::transport
