#include "transport/dtls_filter.h"

#include <gtest/gtest.h>

#include <vector>

namespace conclave::transport {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes Record(uint8_t type, uint16_t epoch, size_t size) {
  Bytes record = {
      type, 0xfe, 0xfd, static_cast<uint8_t>(epoch >> 8), static_cast<uint8_t>(epoch), 0, 0, 0,
      0,    0,    9,    static_cast<uint8_t>(size >> 8),  static_cast<uint8_t>(size)};
  record.resize(record.size() + size, type);
  return record;
}

Bytes Join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes Filter(DtlsPhase phase, const Bytes& datagram) {
  Bytes out(datagram.size());
  out.resize(FilterDtlsRecords(phase, datagram, out));
  return out;
}

TEST(DtlsFilter, DropsUnauthenticatedAlertsButNotTheirNeighbours) {
  const Bytes hello = Record(22, 0, 40);
  const Bytes cipher = Record(20, 0, 1);
  EXPECT_EQ(Filter(DtlsPhase::kHandshake, Join({hello, Record(21, 0, 2), cipher})),
            Join({hello, cipher}));
  const Bytes encrypted_alert = Record(21, 1, 26);
  EXPECT_EQ(Filter(DtlsPhase::kHandshake, encrypted_alert), encrypted_alert);
}

TEST(DtlsFilter, AfterTheHandshakeOnlyEncryptedRecordsPass) {
  const Bytes finished = Record(22, 1, 40);
  const Bytes alert = Record(21, 1, 26);
  EXPECT_EQ(Filter(DtlsPhase::kEstablished,
                   Join({Record(22, 0, 40), Record(20, 0, 1), finished, Record(21, 0, 2), alert})),
            Join({finished, alert}));
}

TEST(DtlsFilter, DropsEncryptedRecordsWithoutRoomForATag) {
  const Bytes finished = Record(22, 1, 40);
  EXPECT_EQ(Filter(DtlsPhase::kHandshake, Join({Record(22, 1, 23), finished})), finished);
  EXPECT_EQ(Filter(DtlsPhase::kEstablished, Join({Record(21, 1, 2), finished})), finished);
  EXPECT_EQ(Filter(DtlsPhase::kEstablished, Record(21, 1, 24)), Record(21, 1, 24));
}

TEST(DtlsFilter, DropsApplicationDataAndUnknownTypes) {
  EXPECT_TRUE(Filter(DtlsPhase::kEstablished, Record(23, 1, 100)).empty());
  EXPECT_TRUE(Filter(DtlsPhase::kHandshake, Record(25, 0, 100)).empty());
}

TEST(DtlsFilter, StopsAtWhatIsCutOff) {
  const Bytes whole = Record(22, 0, 40);
  const Bytes next = Record(22, 0, 30);
  for (size_t size = 0; size < next.size(); ++size) {
    const Bytes cut(next.begin(), next.begin() + static_cast<ptrdiff_t>(size));
    EXPECT_EQ(Filter(DtlsPhase::kHandshake, Join({whole, cut})), whole) << size;
  }
}

TEST(DtlsFilter, ZeroLengthRecordsEnd) {
  Bytes many;
  for (int i = 0; i < 100; ++i) {
    const Bytes empty = Record(22, 0, 0);
    many.insert(many.end(), empty.begin(), empty.end());
  }
  EXPECT_EQ(Filter(DtlsPhase::kHandshake, many), many);
}

}  // namespace
}  // namespace conclave::transport
