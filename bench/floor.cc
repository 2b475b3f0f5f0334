#include "bench/floor.h"

#if CONCLAVE_HAVE_IPSEC_MB

#include <intel-ipsec-mb.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "bench/cpu_clock.h"

namespace conclave::bench {
namespace {

constexpr size_t kTag = 16;
// The fixed header and one extension of three bytes: what media has.
constexpr size_t kHeader = 20;
constexpr size_t kMessagesPerCall = 16;
constexpr size_t kFrameMax = 32;
constexpr size_t kDatagramMax = 1500;

using Iv = std::array<uint8_t, 12>;

void Put32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<uint8_t>(value >> (24 - 8 * i));
}

// RFC 7714 section 8.1, with a salt of zeros and a rollover counter that never rolls.
Iv MakeIv(const uint8_t* header) {
  Iv iv{};
  std::memcpy(&iv[2], header + 8, 4);
  std::memcpy(&iv[10], header + 2, 2);
  return iv;
}

sockaddr_in ToSystem(const SocketAddress& address) {
  sockaddr_in system{};
  system.sin_family = AF_INET;
  system.sin_port = htons(address.port);
  std::memcpy(&system.sin_addr, &address.ip.bytes()[12], 4);
  return system;
}

struct Manager {
  Manager() : library(alloc_mb_mgr(0)) {
    CHECK(library != nullptr);
    init_mb_mgr_auto(library, nullptr);
  }
  ~Manager() { free_mb_mgr(library); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  IMB_MGR* library;
};

class FloorImpl final : public Floor {
 public:
  FloorImpl(const Network& network, size_t receivers, size_t packets, size_t packet_bytes)
      : packets_(packets),
        packet_bytes_(packet_bytes),
        server_(network.BindSender()),
        publisher_(network.BindReceiver()),
        keys_(receivers + 1),
        addresses_(receivers),
        sequences_(receivers),
        plain_(packets * kDatagramMax),
        out_(kMessagesPerCall * packets * kDatagramMax) {
    CHECK(packets <= kFrameMax);
    for (size_t i = 0; i < keys_.size(); ++i) {
      const std::array<uint8_t, 16> key = {static_cast<uint8_t>(i), static_cast<uint8_t>(i >> 8)};
      IMB_AES128_GCM_PRE(manager_.library, key.data(), &keys_[i]);
    }
    for (sockaddr_in& address : addresses_) {
      sinks_.push_back(network.BindReceiver());
      address = ToSystem(sinks_.back().local());
    }
  }

  double Round(int frames) override {
    int64_t cpu = 0;
    uint64_t sent = 0;
    for (int i = 0; i < frames; ++i) {
      Publish();
      const int64_t start = ThreadCpuNs();
      const size_t count = ReceiveFrame();
      sent += SendAll(count);
      cpu += ThreadCpuNs() - start;
      CHECK(count == packets_);
    }
    CHECK(sent == addresses_.size() * packets_ * static_cast<size_t>(frames));
    return static_cast<double>(cpu) / static_cast<double>(sent);
  }

 private:
  gcm_key_data& publisher_key() { return keys_.back(); }

  void Publish() {
    const sockaddr_in server = ToSystem(server_.local());
    std::array<uint8_t, kDatagramMax> packet{};
    for (size_t i = 0; i < packets_; ++i) {
      packet[0] = 0x90;
      packet[1] = static_cast<uint8_t>(96 | (i + 1 == packets_ ? 0x80 : 0));
      ++published_;
      packet[2] = static_cast<uint8_t>(published_ >> 8);
      packet[3] = static_cast<uint8_t>(published_);
      const Iv iv = MakeIv(packet.data());
      gcm_context_data context;
      const size_t payload = packet_bytes_ - kHeader - kTag;
      uint8_t* body = packet.data() + kHeader;
      IMB_AES128_GCM_ENC(manager_.library, &publisher_key(), &context, body, body, payload,
                         iv.data(), packet.data(), kHeader, body + payload, kTag);
      CHECK(sendto(publisher_.fd(), packet.data(), packet_bytes_, 0,
                   reinterpret_cast<const sockaddr*>(&server),
                   sizeof(server)) == static_cast<ssize_t>(packet_bytes_));
    }
  }

  // Decrypts what came into plain_. Returns how many packets.
  size_t ReceiveFrame() {
    for (size_t i = 0; i < kFrameMax; ++i) {
      in_vectors_[i] = {in_[i].data(), kDatagramMax};
      in_headers_[i] = {};
      in_headers_[i].msg_hdr.msg_name = &in_names_[i];
      in_headers_[i].msg_hdr.msg_namelen = sizeof(in_names_[i]);
      in_headers_[i].msg_hdr.msg_iov = &in_vectors_[i];
      in_headers_[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = recvmmsg(server_.fd(), in_headers_.data(), kFrameMax, MSG_DONTWAIT, nullptr);
    CHECK(count >= 0 && static_cast<size_t>(count) <= packets_);
    for (size_t i = 0; i < static_cast<size_t>(count); ++i) Open(i);
    return static_cast<size_t>(count);
  }

  void Open(size_t index) {
    const uint8_t* packet = in_[index].data();
    CHECK(in_headers_[index].msg_len == packet_bytes_);
    const Iv iv = MakeIv(packet);
    gcm_context_data context;
    std::array<uint8_t, kTag> tag;
    uint8_t* plain = &plain_[index * kDatagramMax];
    const size_t payload = packet_bytes_ - kHeader - kTag;
    std::memcpy(plain, packet, kHeader);
    IMB_AES128_GCM_DEC(manager_.library, &publisher_key(), &context, plain + kHeader,
                       packet + kHeader, payload, iv.data(), packet, kHeader, tag.data(), kTag);
    CHECK(std::memcmp(tag.data(), packet + kHeader + payload, kTag) == 0);
  }

  uint64_t SendAll(size_t count) {
    uint64_t sent = 0;
    for (size_t next = 0; next < addresses_.size(); next += kMessagesPerCall) {
      const size_t messages = std::min(kMessagesPerCall, addresses_.size() - next);
      for (size_t i = 0; i < messages; ++i) Prepare(i, next + i, count);
      const int taken = sendmmsg(server_.fd(), headers_.data(), static_cast<unsigned>(messages), 0);
      CHECK(taken == static_cast<int>(messages));
      sent += messages * count;
    }
    return sent;
  }

  // A frame for one receiver as the call's message number `slot`.
  void Prepare(size_t slot, size_t receiver, size_t count) {
    uint8_t* const begin = &out_[slot * packets_ * kDatagramMax];
    uint8_t* at = begin;
    for (size_t i = 0; i < count; ++i, at += packet_bytes_) Seal(receiver, i, at);
    vectors_[slot] = {begin, static_cast<size_t>(at - begin)};
    headers_[slot] = {};
    msghdr& header = headers_[slot].msg_hdr;
    header.msg_name = &addresses_[receiver];
    header.msg_namelen = sizeof(sockaddr_in);
    header.msg_iov = &vectors_[slot];
    header.msg_iovlen = 1;
    if (count == 1) return;
    header.msg_control = control_[slot].data();
    header.msg_controllen = control_[slot].size();
    cmsghdr* message = CMSG_FIRSTHDR(&header);
    message->cmsg_level = IPPROTO_UDP;
    message->cmsg_type = UDP_SEGMENT;
    message->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    const auto size = static_cast<uint16_t>(packet_bytes_);
    std::memcpy(CMSG_DATA(message), &size, sizeof(size));
  }

  void Seal(size_t receiver, size_t index, uint8_t* at) {
    const uint8_t* plain = &plain_[index * kDatagramMax];
    std::memcpy(at, plain, kHeader);
    const uint16_t sequence = ++sequences_[receiver];
    at[2] = static_cast<uint8_t>(sequence >> 8);
    at[3] = static_cast<uint8_t>(sequence);
    Put32(at + 8, static_cast<uint32_t>(receiver));
    const Iv iv = MakeIv(at);
    gcm_context_data context;
    const size_t payload = packet_bytes_ - kHeader - kTag;
    IMB_AES128_GCM_ENC(manager_.library, &keys_[receiver], &context, at + kHeader, plain + kHeader,
                       payload, iv.data(), at, kHeader, at + kHeader + payload, kTag);
  }

  const size_t packets_;
  const size_t packet_bytes_;
  const Manager manager_;
  io::UdpSocket server_;
  io::UdpSocket publisher_;
  std::vector<io::UdpSocket> sinks_;
  // One per receiver, the publisher's behind them.
  std::vector<gcm_key_data> keys_;
  std::vector<sockaddr_in> addresses_;
  std::vector<uint16_t> sequences_;
  uint16_t published_ = 0;
  std::vector<uint8_t> plain_;
  std::vector<uint8_t> out_;
  std::array<mmsghdr, kFrameMax> in_headers_;
  std::array<iovec, kFrameMax> in_vectors_;
  std::array<sockaddr_storage, kFrameMax> in_names_;
  std::array<std::array<uint8_t, kDatagramMax>, kFrameMax> in_;
  std::array<mmsghdr, kMessagesPerCall> headers_;
  std::array<iovec, kMessagesPerCall> vectors_;
  alignas(cmsghdr)
      std::array<std::array<char, CMSG_SPACE(sizeof(uint16_t))>, kMessagesPerCall> control_;
};

}  // namespace

std::unique_ptr<Floor> Floor::Make(const Network& network, size_t receivers, size_t packets,
                                   size_t packet_bytes) {
  return std::make_unique<FloorImpl>(network, receivers, packets, packet_bytes);
}

}  // namespace conclave::bench

#else

namespace conclave::bench {

std::unique_ptr<Floor> Floor::Make(const Network&, size_t, size_t, size_t) { return nullptr; }

}  // namespace conclave::bench

#endif
