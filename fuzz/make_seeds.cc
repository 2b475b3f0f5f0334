// fuzz_seeds DIRECTORY: writes seeds for every target, made by our own writers, as
// DIRECTORY/target/number.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "wire/rtcp.h"
#include "wire/rtp.h"
#include "wire/rtp_extensions.h"
#include "wire/sdp.h"
#include "wire/stun.h"
#include "wire/svc_script.h"
#include "wire/twcc.h"

namespace conclave::wire {
namespace {

using Bytes = std::vector<uint8_t>;

class SeedWriter {
 public:
  explicit SeedWriter(std::filesystem::path directory) : directory_(std::move(directory)) {}

  bool ok() const { return ok_; }

  void Write(const std::string& target, std::span<const uint8_t> bytes) {
    const auto folder = directory_ / target;
    std::filesystem::create_directories(folder);
    const std::string path = folder / std::to_string(++count_);
    std::FILE* file = std::fopen(path.c_str(), "wb");
    const bool written =
        file != nullptr && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    if (file != nullptr) std::fclose(file);
    ok_ = ok_ && written;
  }

 private:
  std::filesystem::path directory_;
  size_t count_ = 0;
  bool ok_ = true;
};

template <typename Function>
Bytes Written(Function function) {
  Bytes buffer(1500);
  ByteWriter writer(buffer);
  function(writer);
  buffer.resize(writer.size());
  return buffer;
}

void WriteRtpSeeds(SeedWriter& seeds) {
  const auto level = EncodeAudioLevel({true, 30});
  const auto transport = EncodeTransportSequence(7);
  const std::array<uint8_t, 20> wide{};
  const std::array<uint32_t, 2> csrcs = {8, 9};
  const std::array<RtpExtension, 3> small = {RtpExtension{1, level}, RtpExtension{3, transport},
                                             RtpExtension{4, EncodeStreamId("0")}};
  const std::array<RtpExtension, 2> large = {RtpExtension{1, level}, RtpExtension{200, wide}};
  for (const std::span<const RtpExtension> extensions :
       {std::span<const RtpExtension>(), std::span<const RtpExtension>(small),
        std::span<const RtpExtension>(large)}) {
    seeds.Write("rtp", Written([&](auto& out) {
                  WriteRtpHeader({true, true, 96, 1, 2, 3, csrcs, extensions}, out);
                  out.Bytes(wide);
                  WriteRtpPadding(4, out);
                }));
  }
}

void WriteRtcpSeeds(SeedWriter& seeds) {
  const std::array<ReportBlock, 2> blocks = {ReportBlock{.ssrc = 1}, ReportBlock{.ssrc = 2}};
  const std::array<uint16_t, 4> lost = {1, 2, 17, 40};
  const std::array<uint32_t, 2> ssrcs = {1, 2};
  const std::array<FirItem, 1> firs = {FirItem{1, 2}};
  const auto all = [&](auto& out) {
    WriteSenderReport(1, {.ntp_time = 5, .rtp_timestamp = 6}, blocks, out);
    WriteReceiverReport(1, blocks, out);
    WriteSdesCname(1, "cname", out);
    WriteNack(1, 2, lost, out);
    WritePli(1, 2, out);
    WriteFir(1, firs, out);
    WriteRemb(1, 1'000'000, ssrcs, out);
    WriteBye(ssrcs, out);
  };
  seeds.Write("rtcp", Written(all));
  seeds.Write("rtcp", Written([&](auto& out) { WriteNack(1, 2, lost, out); }));
  seeds.Write("rtcp", Written([&](auto& out) { WriteSdesCname(1, "c", out); }));
}

void WriteTwccSeeds(SeedWriter& seeds) {
  // A run, a pattern of losses, and packets that overtook one another.
  for (const int64_t step : {1, 2, 3}) {
    std::vector<TwccArrival> arrivals;
    for (int64_t i = 0; i < 60; ++i) {
      const int64_t us = 1'000'000 + i * 1500 - (i % step) * 4000 + (i > 50 ? 100'000 : 0);
      arrivals.push_back({i * step + i % step, Instant::FromMicros(us)});
    }
    const Bytes block = Written([&](auto& out) { WriteTwcc({1, 2, 3, 0}, arrivals, out); });
    seeds.Write("rtcp", block);
    // The body alone: without the header and the two SSRCs.
    seeds.Write("twcc", std::span(block).subspan(12));
  }
}

void WriteStunSeeds(SeedWriter& seeds) {
  std::array<uint8_t, kStunBytesMax> buffer;
  const StunTransactionId transaction = {1, 2, 3};
  StunBuilder request(StunClass::kRequest, kStunBinding, transaction, buffer);
  request.AddUsername("remote:local");
  request.AddPriority(1);
  request.AddIceControlling(2);
  request.AddUseCandidate();
  request.AddIntegrity({});
  seeds.Write("stun", request.Finish());
  for (const SocketAddress& address :
       {SocketAddress{IpAddress::V4(192, 0, 2, 1), 5000}, SocketAddress{IpAddress(), 1}}) {
    StunBuilder response(StunClass::kSuccess, kStunBinding, transaction, buffer);
    response.AddXorMappedAddress(address);
    response.AddIntegrity({});
    seeds.Write("stun", response.Finish());
  }
  StunBuilder error(StunClass::kError, kStunBinding, transaction, buffer);
  error.AddErrorCode(kStunRoleConflict, "conflict");
  seeds.Write("stun", error.Finish());
}

void WriteSdpSeed(SeedWriter& seeds) {
  SessionDescription description;
  description.groups = {{"BUNDLE", {"0"}}};
  description.ice_lite = true;
  SdpMedia media;
  media.kind = "video";
  media.mid = "0";
  media.rtcp_mux = true;
  media.formats.push_back({96, "VP8", 90000, 1, "x=1", {"nack", "nack pli"}});
  media.extmaps = {{1, std::string(kMidUri), SdpDirection::kSendOnly}};
  media.rids = {{"q", SdpRidDirection::kSend, "pt=96"}};
  media.simulcast = SdpSimulcast{{{{"q", false}, {"h", true}}}, {{{"a", false}}}};
  media.ssrcs = {{1, "c", "s t"}};
  media.ssrc_groups = {{"FID", {1, 2}}};
  media.msids = {{"s", "t"}};
  media.ice_ufrag = "ufrag";
  media.ice_pwd = "password-of-22-letters";
  media.ice_options = {"trickle"};
  media.fingerprint = SdpFingerprint{"sha-256", std::vector<uint8_t>(32, 1)};
  media.setup = SdpSetup::kActpass;
  media.candidates.push_back({"1", 1, "udp", 1, "192.0.2.1", 5, "host", "generation 0"});
  description.media = {media};
  const std::string text = ToString(description);
  seeds.Write("sdp", {reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

void WriteCodecSeeds(SeedWriter& seeds) {
  seeds.Write("vp8", Bytes{0x90, 0xf0, 0x92, 0x34, 0x56, 0xb1, 0x00});
  seeds.Write("vp8", Bytes{0x90, 0x80, 0x12, 0x01});
  seeds.Write("vp9", Bytes{0xae, 0x92, 0x34, 0x35, 0x56, 0x38, 1,    2, 3, 4,   5,
                           6,    7,    8,    2,    0x04, 1,    0x08, 1, 2, 0xaa});
  seeds.Write("vp9", Bytes{0xf8, 0x05, 0x00, 0x03, 0x05, 0x06, 0xaa});
  seeds.Write("h264", Bytes{0x78, 0, 2, 0x06, 1, 0, 2, 0x67, 1});
  seeds.Write("h264", Bytes{0x7c, 0x85, 1});
  seeds.Write("av1", Bytes{0x68, 1});
}

void WriteDescriptorSeeds(SeedWriter& seeds) {
  // The first byte is the target's own choice; it names the mode again.
  const std::array<SvcMode, 4> modes = {
      {{1, 3, false}, {2, 2, false}, {3, 3, false}, {3, 3, true}}};
  for (uint8_t i = 0; i < modes.size(); ++i) {
    SvcScript script(modes[i]);
    for (int picture = 0; picture < 3; ++picture) {
      for (const SvcFrame& frame : script.Next(false)) {
        Bytes bytes = script.Descriptor(frame);
        bytes.insert(bytes.begin(), static_cast<uint8_t>(0x80 + i));
        seeds.Write("dependency_descriptor", bytes);
      }
    }
    // As layers_fuzz.cc takes packets: codec, steps, target, sizes, descriptor, payload.
    SvcScript stream(modes[i]);
    Bytes packets;
    for (int picture = 0; picture < 12; ++picture) {
      for (const SvcFrame& frame : stream.Next(picture == 8)) {
        const Bytes value = stream.Descriptor(frame);
        const bool first = frame.dependencies.spatial_layer == 0;
        for (const size_t byte :
             {size_t{4}, size_t{first ? 0x91U : 0x81U}, size_t{0x21}, value.size(), size_t{2}}) {
          packets.push_back(static_cast<uint8_t>(byte));
        }
        packets.insert(packets.end(), value.begin(), value.end());
        packets.insert(packets.end(), {0x10, 0xaa});
      }
    }
    seeds.Write("layers", packets);
  }
}

}  // namespace
}  // namespace conclave::wire

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuzz_seeds DIRECTORY\n");
    return 2;
  }
  conclave::wire::SeedWriter seeds(argv[1]);
  conclave::wire::WriteRtpSeeds(seeds);
  conclave::wire::WriteRtcpSeeds(seeds);
  conclave::wire::WriteTwccSeeds(seeds);
  conclave::wire::WriteStunSeeds(seeds);
  conclave::wire::WriteSdpSeed(seeds);
  conclave::wire::WriteCodecSeeds(seeds);
  conclave::wire::WriteDescriptorSeeds(seeds);
  return seeds.ok() ? 0 : 1;
}
