// What one participant receives: its slots, the queue before them, and what it says about them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/data_rate.h"
#include "base/datagram.h"
#include "base/random.h"
#include "base/time.h"
#include "media/history_pool.h"
#include "media/ntp_clock.h"
#include "media/repeat_queue.h"
#include "media/sender_report.h"
#include "router/commands.h"
#include "router/downlink.h"
#include "router/egress.h"
#include "router/packet_writer.h"
#include "router/rtcp_sender.h"
#include "router/slot.h"
#include "transport/peer_transport.h"
#include "wire/rtcp.h"

namespace conclave::router {

// What a flush did, for the shard's counters.
struct FlushCounts {
  uint64_t datagrams = 0;
  uint64_t bytes = 0;
  uint64_t retransmissions = 0;
  uint64_t copies = 0;
};

class Receiver {
 public:
  // More m-lines than that no client has (wire::kSdpMediaMax).
  static constexpr size_t kSlotsMax = 128;
  // RFC 3550 section 6.2: reports are spread over 0.5 .. 1.5 times this.
  static constexpr Duration kReportInterval = Duration::Seconds(1);

  // All of these outlive this. `changed` is told when TakeAssignments
  // has something.
  Receiver(ParticipantIndex self, SendOrder& order, TouchedParticipants& changed,
           media::HistoryPool& histories, Random& random, const media::NtpClock& clock)
      : self_(self),
        egress_(self, order),
        changed_(changed),
        histories_(histories),
        random_(random),
        clock_(clock) {}

  // Those beyond kSlotsMax, and ids that exist, are left out.
  void AddSlots(std::span<const SlotConfig> slots);
  std::vector<std::unique_ptr<Slot>>& slots() { return slots_; }
  Egress& egress() { return egress_; }

  // Sends what is queued and may leave, encrypted straight into the batch. False: the batch is full
  // and something more may leave. What the path has no room for waits: NextDeadline.
  bool Flush(Instant now, transport::PeerTransport& transport, SendBatch& batch,
             FlushCounts& counts);
  // Hints what Flush will touch: call it with 0 to 3, each while others are flushed, because
  // each step follows pointers that the one before loads.
  void PrefetchForFlush(int step) const;

  // What the receiver reports. Whether the block's SSRC is one of its slots'.
  bool OnNack(Instant now, const wire::RtcpNack& nack);
  bool OnKeyFrameRequest(Instant now, uint32_t ssrc);
  void OnReportBlock(Instant now, const wire::ReportBlock& block);
  void OnTransportFeedback(Instant now, const wire::RtcpTwcc& feedback, FeedbackScratch& scratch) {
    downlink_.OnFeedback(now, feedback, scratch);
    // What waited for an acknowledgement.
    if (flush_at_ != Instant::Never()) egress_.List();
  }
  void OnCcfb(Instant now, const wire::RtcpCcfb& feedback, FeedbackScratch& scratch) {
    downlink_.OnCcfb(now, feedback, scratch);
    if (flush_at_ != Instant::Never()) egress_.List();
  }
  void OnRemb(Instant now, const wire::RtcpRemb& remb);
  // What fits the path to it.
  Downlink& downlink() { return downlink_; }
  const Downlink& downlink() const { return downlink_; }
  Duration rtt() const { return rtt_.rtt(); }

  // Sender reports of the slots that are in use, copies of audio, and probes of the path.
  void OnDeadline(Instant now, RtcpSender& rtcp);
  Instant NextDeadline() const {
    return std::min({next_report_, downlink_.NextDeadline(), flush_at_, copies_.NextDeadline()});
  }

  // Appends what the client must be told of its slots.
  void TakeAssignments(std::vector<SlotAssignment>& out);
  void MarkChanged() { changed_.Add(self_); }
  void DropHistoryBefore(Instant before);

 private:
  Slot* SlotOf(uint32_t ssrc);
  // Where one flush sends to.
  struct Outlet {
    Instant now;
    transport::PeerTransport& transport;
    // Unset: nowhere; what waits is gone.
    std::optional<Path> path;
    // What a datagram has on the network beside its bytes.
    size_t network_bytes;
    SendBatch& batch;
    FlushCounts& counts;
    Egress::Frame frame = {};
    // Of the entry that is being sent (Egress::LargestBehind), and what may be added to it.
    size_t largest_behind = 0;
    size_t run_padding_max = 0;
    // What encryption added to the packet before; zero: there was none.
    size_t seal_bytes = 0;
  };
  // What may be added to a packet so that it joins the run of those before and behind it, which
  // saves most of the cost of sending it: encoders' packets differ by a byte or two.
  static constexpr size_t kRunPaddingMax = 16;
  // Voices differ by more, and a packet of one alone costs as much to send as four in a run.
  static constexpr size_t kVoicePaddingMax = 64;
  // Video older than this is not worth its bytes: what is shown goes on at a key frame.
  static constexpr Duration kVideoAgeMax = Duration::Millis(2500);
  // Where video waits longer, a key frame makes what waits before it needless.
  static constexpr Duration kSupersedeAge = Duration::Millis(150);
  // So long a key frame may wait for the rest of a frame that has begun to leave. Where the path
  // has become a sixth as wide, one of the large layer takes more than a second.
  static constexpr Duration kFinishMax = Duration::Millis(100);
  // Where it waits longer than any key frame should take, only the lowest temporal layers leave
  // until it waits half as long: what is left out was late, and nothing refers to it.
  static constexpr Duration kThinAge = Duration::Millis(250);

  // False: the batch is full.
  bool SendQueued(Outlet& outlet);
  bool SendFill(Outlet& outlet);
  // Makes the queue shorter where it got too long.
  void Relieve(Instant now);
  void Thin(Instant now);
  void DropVideo(Instant now);
  void SendEntry(const EgressEntry& entry, Outlet& outlet);
  void SendMedia(Slot& slot, const media::PacketRef& packet, Slot::Outgoing out, Outlet& outlet);
  void SendAgain(Slot& slot, uint16_t sequence, Outlet& outlet);
  // How much padding makes the packet as large as its run; zero: none is needed, or too much.
  uint8_t RunPadding(const WrittenPacket& written, const Outlet& outlet) const;
  // What the slot's path loses too much of, as far as it is to travel within this packet.
  media::RepeatQueue::Blocks TakeBlocks(const Slot& slot, const Slot::Outgoing& out, Instant now);
  void Remember(const Slot& slot, const media::SlotPacket& packet,
                media::RepeatQueue::Blocks blocks);
  void SendCopy(const Slot& slot, uint16_t sequence, Outlet& outlet);
  // A packet that carries nothing new: what was sent before as RTX, which may repair something;
  // else padding. False: the slot has nothing of the kind.
  bool SendProbe(Slot& slot, Outlet& outlet);
  // Whether padding on the slot would tell of the path.
  bool MayProbe(const Slot& slot) const;
  bool SendRtx(Slot& slot, const media::SlotPacket& packet, uint8_t payload_type,
               media::PacketKind kind, Outlet& outlet);
  void SendRtxPadding(Slot& slot, uint8_t payload_type, Outlet& outlet);
  // What every packet of a slot goes through in the end. False: it was not sent.
  bool Emit(const Slot& slot, const std::optional<WrittenPacket>& written,
            std::span<uint8_t> destination, SentDatagram sent, Outlet& outlet);
  void ReportSlots(Instant now, RtcpSender& rtcp);
  // Whether some slot can send padding, if not at this moment.
  bool CanProbe() const;
  void PushCopies(Instant now);
  void PushCopy(uint16_t slot, uint16_t sequence);
  // Audio that is asked for again goes out as it is, while a jitter buffer may wait for it.
  void AnswerAudioNack(Instant now, const Slot& slot, std::span<const uint16_t> sequences);
  Duration ReportSpacing();

  // Behind pointers, because subscriptions name slots by their place while more are added.
  std::vector<std::unique_ptr<Slot>> slots_;
  const ParticipantIndex self_;
  bool thinned_ = false;
  Egress egress_;
  TouchedParticipants& changed_;
  media::HistoryPool& histories_;
  Random& random_;
  const media::NtpClock& clock_;
  Downlink downlink_;
  media::RepeatQueue copies_;
  media::RttEstimate rtt_;
  Instant next_report_ = Instant::Never();
  // When something that waits may leave.
  Instant flush_at_ = Instant::Never();
};

}  // namespace conclave::router
