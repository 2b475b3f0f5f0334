// viewers: light participants of another server, for bench/peer_media.ts, which does the signaling:
// ICE (lite), DTLS as the client, SRTP. One publishes frames of VP8; the others count what comes.
// Like conclave-load it looks at its sockets every 2 ms, so that sending to it wakes nobody.
//
//   viewers     prints "fingerprint AB:CD:.."; takes commands on standard input, a line each:
//     peer ADDRESS PORT UFRAG PASSWORD FINGERPRINT OWN-UFRAG OWN-PASSWORD
//                                                  says "port PORT", later "connected INDEX
//                                                  PROFILE"
//     publish INDEX SSRC PAYLOAD-TYPE FRAMES-A-SECOND PACKETS   from now on, 1200 bytes each
//     measure SECONDS                                           says "received DATAGRAMS SECONDS"
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_writer.h"
#include "base/random.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "tests/load/udp_port.h"
#include "transport/certificate.h"
#include "transport/peer_transport.h"
#include "wire/demux.h"
#include "wire/rtp.h"

namespace conclave::bench {
namespace {

constexpr Duration kTick = Duration::Millis(2);
// On the wire, without UDP and IP.
constexpr size_t kPacketBytes = 1200;
constexpr size_t kHeaderBytes = 12;

std::optional<transport::Fingerprint> ParseFingerprint(const std::string& text) {
  transport::Fingerprint fingerprint{};
  if (text.size() != fingerprint.size() * 3 - 1) return std::nullopt;
  for (size_t i = 0; i < fingerprint.size(); ++i) {
    fingerprint[i] = static_cast<uint8_t>(std::stoi(text.substr(i * 3, 2), nullptr, 16));
  }
  return fingerprint;
}

uint16_t PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  // The same place for both families.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

class Viewer {
 public:
  Viewer(Instant now, load::UdpPort port, const SocketAddress& server,
         transport::TransportContext& context, const transport::PeerTransportConfig& config)
      : port_(std::move(port)), path_{0, server}, transport_(now, context, config) {}

  int fd() const { return port_.fd(); }
  // Once.
  bool TakeConnected() { return transport_.connected() && !std::exchange(told_, true); }
  std::string_view profile() const {
    switch (transport_.srtp_profile().value_or(transport::SrtpProfile::kAes128CmSha1_80)) {
      case transport::SrtpProfile::kAeadAes128Gcm:
        return "aes128gcm";
      case transport::SrtpProfile::kAeadAes256Gcm:
        return "aes256gcm";
      case transport::SrtpProfile::kAes128CmSha1_80:
        return "aes128cm_sha1_80";
    }
    return "";
  }
  void Publish(uint32_t ssrc, uint8_t payload_type, int frames_per_second, int packets) {
    ssrc_ = ssrc;
    payload_type_ = payload_type;
    frames_per_second_ = frames_per_second;
    interval_ = Duration::Micros(1'000'000 / frames_per_second);
    packets_ = packets;
    next_frame_ = io::Now();
  }

  // Returns how many datagrams of media came.
  size_t Look(Instant now, Duration wall_offset, load::ReceiveArena& arena) {
    size_t media = 0;
    while (true) {
      const auto arrived = port_.Receive(now, wall_offset, arena);
      if (arrived.empty()) break;
      for (const load::Arrived& datagram : arrived)
        media += OnDatagram(now, datagram.bytes) ? 1 : 0;
    }
    if (transport_.NextDeadline() <= now) transport_.OnDeadline(now, outbox_);
    for (size_t i = 0; i < outbox_.size(); ++i) out_.Append(outbox_[i].bytes);
    outbox_.Clear();
    Send();
    while (next_frame_ <= now) {
      PublishFrame();
      // One by one: there is no room for all that a busy machine has left behind.
      Send();
    }
    return media;
  }

 private:
  bool OnDatagram(Instant now, std::span<uint8_t> bytes) {
    switch (wire::ClassifyDatagram(bytes)) {
      case wire::DatagramKind::kRtp:
        return true;
      case wire::DatagramKind::kStun:
        transport_.OnStun(now, path_, bytes, outbox_);
        return false;
      case wire::DatagramKind::kDtls:
        transport_.OnDtls(now, path_, bytes, outbox_);
        return false;
      default:
        return false;
    }
  }

  void Send() {
    if (!out_.empty()) port_.Send(out_);
    out_.Clear();
  }

  void PublishFrame() {
    next_frame_ = next_frame_ + interval_;
    for (int i = 0; i < packets_; ++i) {
      std::array<uint8_t, kHeaderBytes> header;
      ByteWriter writer(header);
      wire::WriteRtpHeader({.marker = i + 1 == packets_,
                            .payload_type = payload_type_,
                            .sequence = sequence_++,
                            .timestamp = timestamp_,
                            .ssrc = ssrc_},
                           writer);
      WriteVp8(i == 0);
      const auto at = out_.Prepare();
      const auto size = transport_.ProtectRtp(writer.written(), payload_, at);
      if (size) out_.Commit(*size);
    }
    frames_until_key_ = frames_until_key_ == 0 ? frames_per_second_ - 1 : frames_until_key_ - 1;
    ++picture_id_;
    timestamp_ += static_cast<uint32_t>(interval_.us() * 90 / 1000);
  }

  // RFC 7741 section 4.2, as browsers send it: a picture id of 15 bits. One frame of each second is
  // a key frame: LiveKit sends a viewer nothing before.
  void WriteVp8(bool first) {
    payload_[0] = static_cast<uint8_t>(0x80 | (first ? 0x10 : 0));
    payload_[1] = 0x80;
    payload_[2] = static_cast<uint8_t>(0x80 | (picture_id_ >> 8 & 0x7f));
    payload_[3] = static_cast<uint8_t>(picture_id_);
    // RFC 6386 section 9.1: a key frame has a start code.
    constexpr std::array<uint8_t, 6> kKeyFrame = {0x10, 0, 0, 0x9d, 0x01, 0x2a};
    payload_[4] = 1;
    if (first && frames_until_key_ == 0) std::ranges::copy(kKeyFrame, payload_.begin() + 4);
  }

  load::UdpPort port_;
  const Path path_;
  transport::PeerTransport transport_;
  transport::Outbox outbox_;
  load::Outgoing out_;
  bool told_ = false;
  uint32_t ssrc_ = 0;
  uint8_t payload_type_ = 0;
  Duration interval_;
  int packets_ = 0;
  Instant next_frame_ = Instant::Never();
  uint16_t sequence_ = 100;
  uint32_t timestamp_ = 1000;
  uint16_t picture_id_ = 0;
  int frames_per_second_ = 1;
  int frames_until_key_ = 0;
  std::array<uint8_t, kPacketBytes - kHeaderBytes - transport::PeerTransport::kMaxRtpOverhead>
      payload_{};
};

class Program {
 public:
  explicit Program(transport::Certificate certificate)
      : certificate_(std::move(certificate)), context_(certificate_, random_) {}

  int Run() {
    std::cout << "fingerprint " << transport::FormatFingerprint(certificate_.fingerprint())
              << std::endl;
    while (true) {
      pollfd input = {STDIN_FILENO, POLLIN, 0};
      while (std::cin.rdbuf()->in_avail() > 0 || poll(&input, 1, 0) > 0) {
        std::string line;
        if (!std::getline(std::cin, line)) return 0;
        if (!Do(line)) return 2;
      }
      Look();
      const timespec nap = {0, kTick.us() * 1000};
      nanosleep(&nap, nullptr);
    }
  }

 private:
  bool Do(const std::string& line) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "peer") return AddPeer(words);
    if (command == "publish") {
      size_t index = 0;
      uint32_t ssrc = 0;
      int payload_type = 0, frames = 0, packets = 0;
      words >> index >> ssrc >> payload_type >> frames >> packets;
      if (!words || index >= viewers_.size() || frames <= 0) return false;
      viewers_[index]->Publish(ssrc, static_cast<uint8_t>(payload_type), frames, packets);
      return true;
    }
    double seconds = 0;
    if (command != "measure" || !(words >> seconds)) return false;
    received_ = 0;
    measured_since_ = io::Now();
    measured_until_ = measured_since_ + Duration::Micros(static_cast<int64_t>(seconds * 1e6));
    return true;
  }

  bool AddPeer(std::istringstream& words) {
    std::string address, fingerprint;
    uint16_t port = 0;
    transport::PeerTransportConfig config;
    words >> address >> port >> config.remote.ufrag >> config.remote.password >> fingerprint >>
        config.local.ufrag >> config.local.password;
    const auto ip = IpAddress::Parse(address);
    const auto remote_fingerprint = ParseFingerprint(fingerprint);
    if (!words || !ip || !remote_fingerprint) return false;
    config.remote_fingerprint = *remote_fingerprint;
    config.dtls_role = transport::DtlsRole::kClient;
    const SocketAddress server{*ip, port};
    auto socket = load::UdpPort::Connect(server);
    if (!socket) return false;
    const uint16_t own_port = PortOf(socket->fd());
    viewers_.push_back(
        std::make_unique<Viewer>(io::Now(), *std::move(socket), server, context_, config));
    std::cout << "port " << own_port << std::endl;
    return true;
  }

  void Look() {
    const Duration wall_offset = io::WallOffset();
    for (size_t i = 0; i < viewers_.size(); ++i) {
      received_ += viewers_[i]->Look(io::Now(), wall_offset, arena_);
      if (!viewers_[i]->TakeConnected()) continue;
      std::cout << "connected " << i << ' ' << viewers_[i]->profile() << std::endl;
    }
    const Instant now = io::Now();
    if (now < measured_until_) return;
    std::cout << "received " << received_ << ' ' << (now - measured_since_).seconds() << std::endl;
    measured_until_ = Instant::Never();
  }

  io::KernelRandom random_;
  transport::Certificate certificate_;
  transport::TransportContext context_;
  load::ReceiveArena arena_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  uint64_t received_ = 0;
  Instant measured_since_;
  Instant measured_until_ = Instant::Never();
};

}  // namespace
}  // namespace conclave::bench

int main() {
  // So that what was read ahead is known.
  std::ios::sync_with_stdio(false);
  auto certificate = conclave::transport::Certificate::Generate();
  if (!certificate) return 1;
  return conclave::bench::Program(*std::move(certificate)).Run();
}
