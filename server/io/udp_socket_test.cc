#include "io/udp_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>
#include <vector>

#include "io/clock.h"

namespace conclave::io {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;

const SocketAddress kAnyV4{IpAddress::V4(127, 0, 0, 1), 0};

UdpSocket BindOrDie(const SocketAddress& address, SocketIndex index = 0) {
  return std::move(UdpSocket::Bind(address, index)).value();
}

void Append(SendBatch& batch, const Path& path, const std::string& text) {
  const std::span<uint8_t> space = batch.Prepare(kMaxDatagramBytes);
  std::copy(text.begin(), text.end(), space.begin());
  batch.Commit(path, text.size());
}

// Waits for datagrams, in real time but without a pause that is longer than needed.
std::vector<std::string> ReceiveTexts(UdpSocket& socket, size_t count,
                                      SocketAddress* from = nullptr) {
  ReceiveBuffer buffer;
  std::vector<std::string> texts;
  while (texts.size() < count) {
    pollfd entry{socket.fd(), POLLIN, 0};
    if (poll(&entry, 1, 5000) != 1) break;
    for (const ReceivedDatagram& datagram : socket.Receive(Now(), buffer)) {
      texts.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
      if (from != nullptr) *from = datagram.path.remote;
    }
  }
  return texts;
}

// Datagram i of a run of `count`, all of `size` bytes but for the last.
std::string Segment(size_t i, size_t count, size_t size) {
  return std::string(i + 1 == count ? size / 2 : size, static_cast<char>('a' + i % 26));
}

void FillRun(SendBatch& batch, const Path& path, size_t count, size_t size) {
  for (size_t i = 0; i < count; ++i) Append(batch, path, Segment(i, count, size));
}

void ExpectRun(UdpSocket& socket, size_t count, size_t size) {
  const std::vector<std::string> texts = ReceiveTexts(socket, count);
  ASSERT_EQ(texts.size(), count);
  for (size_t i = 0; i < count; ++i) EXPECT_EQ(texts[i], Segment(i, count, size)) << i;
}

class UdpSocketEchoTest : public ::testing::TestWithParam<std::string> {};

TEST_P(UdpSocketEchoTest, CarriesADatagramAndItsAnswer) {
  const SocketAddress local{IpAddress::Parse(GetParam()).value(), 0};
  auto bound = UdpSocket::Bind(local, 3);
  if (!bound) GTEST_SKIP() << "no " << GetParam() << " on this machine";
  UdpSocket server = std::move(bound).value();
  UdpSocket client = BindOrDie(local, 5);
  SendBatch batch;
  Append(batch, {5, server.local()}, "hello");
  client.Send(batch);
  SocketAddress from;
  EXPECT_THAT(ReceiveTexts(server, 1, &from), ::testing::ElementsAre("hello"));
  EXPECT_EQ(from, client.local());

  batch.Clear();
  Append(batch, {3, from}, "and back");
  server.Send(batch);
  EXPECT_THAT(ReceiveTexts(client, 1, &from), ::testing::ElementsAre("and back"));
  EXPECT_EQ(from, server.local());
}

INSTANTIATE_TEST_SUITE_P(Families, UdpSocketEchoTest, ::testing::Values("127.0.0.1", "::1"));

TEST(UdpSocketTest, ARunArrivesAsItsDatagrams) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket client = BindOrDie(kAnyV4);
  SendBatch batch;
  FillRun(batch, {0, server.local()}, 40, 1200);
  ASSERT_EQ(batch.runs().size(), 1u);
  client.Send(batch);
  ExpectRun(server, 40, 1200);
  EXPECT_EQ(client.stats().sent, 40u);
  EXPECT_EQ(client.stats().gso_refused, 0u);
  EXPECT_EQ(server.stats().received, 40u);
}

TEST(UdpSocketTest, WithoutGsoARunStillArrives) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket client = BindOrDie(kAnyV4);
  // The kernel refuses to segment for a socket that sends no checksums (EINVAL).
  const int on = 1;
  ASSERT_EQ(setsockopt(client.fd(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on)), 0);
  SendBatch batch;
  FillRun(batch, {0, server.local()}, 40, 1200);
  client.Send(batch);
  ExpectRun(server, 40, 1200);
  EXPECT_EQ(client.stats().sent, 40u);
  EXPECT_EQ(client.stats().gso_refused, 1u);
}

TEST(UdpSocketTest, SendsOnlyTheRunsOfItsOwnIndex) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket first = BindOrDie(kAnyV4, 0);
  UdpSocket second = BindOrDie(kAnyV4, 1);
  SendBatch batch;
  Append(batch, {0, server.local()}, "by the first");
  Append(batch, {1, server.local()}, "by the second");
  SocketAddress from;
  second.Send(batch);
  EXPECT_THAT(ReceiveTexts(server, 1, &from), ::testing::ElementsAre("by the second"));
  EXPECT_EQ(from, second.local());
  first.Send(batch);
  EXPECT_THAT(ReceiveTexts(server, 1, &from), ::testing::ElementsAre("by the first"));
  EXPECT_EQ(from, first.local());
}

TEST(UdpSocketTest, MoreRunsThanOneSystemCallTakes) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket other = BindOrDie(kAnyV4);
  UdpSocket client = BindOrDie(kAnyV4);
  SendBatch batch;
  for (int i = 0; i < 100; ++i) {
    Append(batch, {0, server.local()}, "to one");
    Append(batch, {0, other.local()}, "to the other");
  }
  ASSERT_EQ(batch.runs().size(), 200u);
  client.Send(batch);
  const auto texts = ReceiveTexts(server, 100);
  EXPECT_EQ(texts.size(), 100u);
  EXPECT_THAT(texts, Each(std::string("to one")));
  EXPECT_EQ(ReceiveTexts(other, 100).size(), 100u);
}

TEST(UdpSocketTest, ARefusedDatagramDoesNotStopTheOthers) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket client = BindOrDie(kAnyV4);
  SendBatch batch;
  // A socket on loopback has no route to the outside.
  Append(batch, {0, {IpAddress::V4(192, 0, 2, 1), 9}}, "lost");
  Append(batch, {0, server.local()}, "kept");
  client.Send(batch);
  EXPECT_THAT(ReceiveTexts(server, 1), ::testing::ElementsAre("kept"));
  EXPECT_EQ(client.stats().dropped_refused, 1u);
  EXPECT_EQ(client.stats().sent, 1u);
}

TEST(UdpSocketTest, ATooLargeDatagramIsDropped) {
  UdpSocket server = BindOrDie(kAnyV4);
  UdpSocket client = BindOrDie(kAnyV4);
  const std::vector<uint8_t> large(kMaxDatagramBytes + 1, 7);
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  getsockname(server.fd(), reinterpret_cast<sockaddr*>(&name), &size);
  ASSERT_GT(
      sendto(client.fd(), large.data(), large.size(), 0, reinterpret_cast<sockaddr*>(&name), size),
      0);
  SendBatch batch;
  Append(batch, {0, server.local()}, "after it");
  client.Send(batch);
  EXPECT_THAT(ReceiveTexts(server, 1), ::testing::ElementsAre("after it"));
  EXPECT_EQ(server.stats().dropped_too_large, 1u);
}

TEST(UdpSocketTest, ATakenPortAndAForeignAddressAreNamed) {
  UdpSocket server = BindOrDie(kAnyV4);
  const auto taken = UdpSocket::Bind(server.local(), 1);
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().message,
              AllOf(HasSubstr(server.local().ToString()), HasSubstr("in use")));
  const auto foreign = UdpSocket::Bind({IpAddress::V4(192, 0, 2, 77), 0}, 1);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error().message, HasSubstr("192.0.2.77"));
}

}  // namespace
}  // namespace conclave::io
