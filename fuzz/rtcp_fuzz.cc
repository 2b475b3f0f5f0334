// RTCP: every block that is understood comes out the same after it was written again.
#include <algorithm>
#include <vector>

#include "fuzz/oracle.h"
#include "wire/rtcp.h"

namespace conclave::wire {
namespace {

template <typename List>
auto Items(const List& list) {
  std::vector<std::decay_t<decltype(list[0])>> items;
  for (size_t i = 0; i < list.size(); ++i) items.push_back(list[i]);
  return items;
}

std::vector<uint16_t> Expanded(const RtcpNack& nack) {
  std::vector<uint16_t> lost(nack.items.size() * 17);
  lost.resize(ExpandNack(nack, lost));
  return lost;
}

struct Writer {
  ByteWriter& out;
  void operator()(const RtcpIgnored&) const {}
  void operator()(const RtcpTwcc&) const {}
  void operator()(const RtcpCcfb&) const {}
  void operator()(const RtcpSenderReport& report) const {
    WriteSenderReport(report.sender_ssrc, report.info, Items(report.blocks), out);
  }
  void operator()(const RtcpReceiverReport& report) const {
    WriteReceiverReport(report.sender_ssrc, Items(report.blocks), out);
  }
  void operator()(const RtcpSdes& sdes) const { WriteSdesCname(sdes.ssrc, sdes.cname, out); }
  void operator()(const RtcpBye& bye) const { WriteBye(Items(bye.ssrcs), out); }
  void operator()(const RtcpNack& nack) const {
    WriteNack(nack.sender_ssrc, nack.media_ssrc, Expanded(nack), out);
  }
  void operator()(const RtcpPli& pli) const { WritePli(pli.sender_ssrc, pli.media_ssrc, out); }
  void operator()(const RtcpFir& fir) const { WriteFir(fir.sender_ssrc, Items(fir.items), out); }
  void operator()(const RtcpRemb& remb) const {
    WriteRemb(remb.sender_ssrc, remb.bitrate_bps, Items(remb.ssrcs), out);
  }
};

// Whether `b` says the same as `a`, where a second writing may only have lost what the first did.
struct Comparer {
  const RtcpBlock& other;
  template <typename T>
  const T& Other() const {
    CHECK(std::holds_alternative<T>(other));
    return std::get<T>(other);
  }
  void operator()(const RtcpIgnored&) const {}
  void operator()(const RtcpTwcc&) const {}
  void operator()(const RtcpCcfb&) const {}
  void operator()(const RtcpSenderReport& a) const {
    const auto& b = Other<RtcpSenderReport>();
    CHECK(a.sender_ssrc == b.sender_ssrc && a.info == b.info);
    CHECK(Items(a.blocks) == Items(b.blocks));
  }
  void operator()(const RtcpReceiverReport& a) const {
    const auto& b = Other<RtcpReceiverReport>();
    CHECK(a.sender_ssrc == b.sender_ssrc && Items(a.blocks) == Items(b.blocks));
  }
  void operator()(const RtcpSdes& a) const {
    const auto& b = Other<RtcpSdes>();
    CHECK(a.ssrc == b.ssrc && a.cname == b.cname);
  }
  void operator()(const RtcpBye& a) const {
    CHECK(Items(a.ssrcs) == Items(Other<RtcpBye>().ssrcs));
  }
  void operator()(const RtcpNack& a) const {
    const auto lost = Expanded(a);
    const auto again = Expanded(Other<RtcpNack>());
    // Repeats fall away; nothing else may appear or go.
    for (const uint16_t sequence : lost) CHECK(std::ranges::count(again, sequence) > 0);
    for (const uint16_t sequence : again) CHECK(std::ranges::count(lost, sequence) > 0);
  }
  void operator()(const RtcpPli& a) const {
    CHECK(a.sender_ssrc == Other<RtcpPli>().sender_ssrc);
    CHECK(a.media_ssrc == Other<RtcpPli>().media_ssrc);
  }
  void operator()(const RtcpFir& a) const {
    CHECK(Items(a.items) == Items(Other<RtcpFir>().items));
  }
  void operator()(const RtcpRemb& a) const {
    const auto& b = Other<RtcpRemb>();
    CHECK(b.bitrate_bps <= a.bitrate_bps && b.bitrate_bps >= a.bitrate_bps - (a.bitrate_bps >> 17));
    CHECK(Items(a.ssrcs) == Items(b.ssrcs));
  }
};

void CheckRoundTrip(const RtcpBlock& block, size_t input_size) {
  // A NACK's items may be fewer to a number when they overlap: at most 17 times the input.
  std::vector<uint8_t> buffer(17 * input_size + 64);
  ByteWriter writer(buffer);
  std::visit(Writer{writer}, block);
  CHECK(writer.ok());
  if (writer.size() == 0) return;
  auto compound = ParseRtcp(writer.written());
  CHECK(compound);
  const auto again = compound->Next();
  CHECK(again && !compound->Next());
  std::visit(Comparer{*again}, block);
}

void Run(fuzz::Input input) {
  auto compound = ParseRtcp(input);
  if (!compound) return;
  size_t blocks = 0;
  while (const auto block = compound->Next()) {
    CHECK(++blocks <= kRtcpBlocksMax);
    if (const auto* sdes = std::get_if<RtcpSdes>(&*block)) fuzz::CheckInside(sdes->cname, input);
    if (const auto* twcc = std::get_if<RtcpTwcc>(&*block)) fuzz::CheckInside(twcc->body, input);
    CheckRoundTrip(*block, input.size());
  }
  CHECK(blocks > 0);
}

}  // namespace
}  // namespace conclave::wire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  conclave::wire::Run({data, size});
  return 0;
}
