#include "router/rtcp_dispatch.h"

#include <variant>

#include "wire/rtcp.h"

namespace conclave::router {
namespace {

// One overload per block that matters.
struct Dispatcher {
  Instant now;
  Publisher& publisher;
  Receiver& receiver;
  FeedbackScratch& scratch;

  void Blocks(const wire::ReportBlocks& blocks) {
    for (size_t i = 0; i < blocks.size(); ++i) receiver.OnReportBlock(now, blocks[i]);
  }
  void operator()(const wire::RtcpSenderReport& report) {
    publisher.OnSenderReport(now, report);
    Blocks(report.blocks);
  }
  void operator()(const wire::RtcpReceiverReport& report) { Blocks(report.blocks); }
  void operator()(const wire::RtcpNack& nack) { receiver.OnNack(now, nack); }
  void operator()(const wire::RtcpPli& pli) { receiver.OnKeyFrameRequest(now, pli.media_ssrc); }
  void operator()(const wire::RtcpFir& fir) {
    for (size_t i = 0; i < fir.items.size(); ++i) {
      receiver.OnKeyFrameRequest(now, fir.items[i].ssrc);
    }
  }
  void operator()(const wire::RtcpRemb& remb) { receiver.OnRemb(now, remb); }
  // Leaving is said on the control plane; a BYE for one SSRC says nothing that we need.
  void operator()(const wire::RtcpBye&) {}
  void operator()(const wire::RtcpSdes&) {}
  void operator()(const wire::RtcpTwcc& feedback) {
    receiver.OnTransportFeedback(now, feedback, scratch);
  }
  void operator()(const wire::RtcpCcfb& feedback) { receiver.OnCcfb(now, feedback, scratch); }
  void operator()(const wire::RtcpIgnored&) {}
};

}  // namespace

bool DispatchRtcp(Instant now, std::span<const uint8_t> packet, Publisher& publisher,
                  Receiver& receiver, FeedbackScratch& scratch) {
  auto compound = wire::ParseRtcp(packet);
  if (!compound) return false;
  Dispatcher dispatcher{now, publisher, receiver, scratch};
  while (const auto block = compound->Next()) std::visit(dispatcher, *block);
  return true;
}

}  // namespace conclave::router
