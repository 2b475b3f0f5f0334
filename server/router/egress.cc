#include "router/egress.h"

#include <algorithm>
#include <utility>

namespace conclave::router {
namespace {

// The packets of a frame.
constexpr size_t kPrefetchedBytes = 8 * sizeof(EgressEntry);

}  // namespace

void Egress::Close() {
  open_ = false;
  overflow_ = new_key_frame_ = false;
  queued_bytes_ = 0;
  waiting_ = 0;
  for (RingQueue<EgressEntry>& queue : queues_) queue.Release();
}

int64_t Egress::BytesOf(Priority priority, const EgressEntry& entry) {
  if (priority == Priority::kAudio || entry.skip) return 0;
  return entry.packet ? entry.packet->size_bytes + kOverheadBytes : kRepairBytes;
}

void Egress::Push(Priority priority, EgressEntry entry) {
  if (!open_) return;
  const int64_t bytes = BytesOf(priority, entry);
  if (priority == Priority::kVideo && entry.packet) {
    new_key_frame_ |= entry.packet->info.frame.key_frame;
  }
  if (!QueueOf(priority).Push(std::move(entry))) {
    ++dropped_;
    overflow_ |= priority == Priority::kVideo;
    return;
  }
  waiting_ |= BitOf(priority);
  queued_bytes_ += bytes;
  List();
}

bool Egress::IsLate(size_t index) {
  RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  const EgressEntry& entry = video[index];
  const media::PacketInfo& info = entry.packet->info;
  for (size_t i = 0; i < index; ++i) {
    const media::PacketInfo& before = video[i].packet->info;
    const bool same =
        video[i].slot == entry.slot && before.track == info.track && before.layer == info.layer;
    if (same && before.sequence > info.sequence) return true;
  }
  return false;
}

void Egress::ShedVideo() {
  if (QueueOf(Priority::kVideo).empty()) return;
  overflow_ = true;
  List();
}

void Egress::List() {
  if (listed_ || !open_) return;
  listed_ = true;
  order_.Add(self_);
}

void Egress::PrefetchFront() const {
  if (const auto next = Next()) Prefetch(&Front(*next), kPrefetchedBytes);
}

size_t Egress::LargestAudioBehind() const {
  const RingQueue<EgressEntry>& audio = QueueOf(Priority::kAudio);
  size_t largest = 0;
  for (size_t i = 1; i < audio.size() && i <= kLookAhead; ++i) {
    if (audio[i].packet) largest = std::max<size_t>(largest, audio[i].packet->info.payload_bytes);
  }
  return largest;
}

size_t Egress::LargestBehind(Frame& seen) const {
  // Behind the last one that was looked at there may be more.
  const bool cut = seen.count_ == Frame::kPacketsMax && seen.next_ + 1 == seen.count_;
  if (cut || seen.next_ == seen.count_) See(seen);
  return seen.largest_behind_[seen.next_++];
}

void Egress::See(Frame& frame) const {
  const RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  const EgressEntry& front = video.front();
  const size_t packets_max = std::min(video.size(), Frame::kPacketsMax);
  frame.next_ = 0;
  for (frame.count_ = 1; frame.count_ < packets_max; ++frame.count_) {
    const EgressEntry& entry = video[frame.count_];
    if (entry.slot != front.slot || entry.skip) break;
    if (!SameFrame(front.packet->info, entry.packet->info)) break;
    frame.largest_behind_[frame.count_ - 1] = entry.packet->info.payload_bytes;
  }
  uint16_t largest = 0;
  for (size_t i = frame.count_; i-- > 0;) {
    if (i + 1 < frame.count_) largest = std::max(largest, frame.largest_behind_[i]);
    frame.largest_behind_[i] = largest;
  }
}

void Egress::Pop(Priority priority) {
  RingQueue<EgressEntry>& queue = QueueOf(priority);
  queued_bytes_ -= BytesOf(priority, queue.front());
  queue.Pop();
  if (queue.empty()) waiting_ &= ~BitOf(priority);
}

void Egress::Skip(EgressEntry& entry) {
  queued_bytes_ -= BytesOf(Priority::kVideo, entry);
  entry.skip = true;
}

int64_t Egress::FrameBytes(size_t index, size_t end) const {
  const RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  const EgressEntry& first = video[index];
  int64_t bytes = 0;
  for (size_t i = index; i < end; ++i) {
    const bool same = video[i].slot == first.slot && !video[i].skip &&
                      SameFrame(video[i].packet->info, first.packet->info);
    if (same) bytes += BytesOf(Priority::kVideo, video[i]);
  }
  return bytes;
}

Instant Egress::oldest_video() const {
  const RingQueue<EgressEntry>& video = QueueOf(Priority::kVideo);
  return video.empty() ? Instant::Never() : video[0].packet->info.arrival;
}

}  // namespace conclave::router
