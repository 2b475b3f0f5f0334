// A shard: the media plane of the rooms on one core, without a socket, clock or thread. One is
// driven by a pinned thread (app/, io/), or by the simulation on virtual time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/datagram.h"
#include "base/ids.h"
#include "base/random.h"
#include "base/time.h"
#include "router/commands.h"
#include "router/relay.h"

namespace conclave::transport {
class Certificate;
class SrtpObserver;
}  // namespace conclave::transport

namespace conclave::router {

struct ShardConfig {
  // Which of the process's shards it is, to the others.
  ShardId id;
  // Source packets that the pool holds; a full pool drops the oldest history first. Two seconds of
  // a hundred cameras (media::SendHistory::kKeyFrameAgeMax); what is never needed is not touched.
  size_t packet_pool_size = 65536;
  size_t participants_max = 4096;
  // The loudest that each receiver hears (never more than its audio slots).
  size_t audio_slots_max = 4;
  // No check for this long ends the transport (RFC 7675 section 5.1: consent expires after 30 s).
  Duration consent_timeout = Duration::Seconds(30);
  // What makes an Instant's microseconds microseconds since NTP's epoch (media/ntp_clock.h), for
  // sender reports. Zero does for tests.
  Duration ntp_offset;
  // Sees every encryption (transport/srtp_engine.h): for the simulation. Outlives the shard.
  transport::SrtpObserver* srtp_observer = nullptr;
};

// Counters for metrics, tests and benchmarks. All only grow, but for the gauges at the end.
struct ShardStats {
  uint64_t datagrams_received = 0;
  uint64_t datagrams_sent = 0;
  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
  uint64_t dropped_unknown_path = 0;
  uint64_t dropped_malformed = 0;
  uint64_t dropped_authentication = 0;
  uint64_t dropped_replay = 0;
  uint64_t dropped_pool_full = 0;
  // Video that was left out because more came in than could be looked at.
  uint64_t dropped_late = 0;
  uint64_t retransmissions = 0;
  // Audio packets that left once more for a lossy path.
  uint64_t audio_copies = 0;
  // Packets that went to another shard (once for each), and came from one.
  uint64_t relayed_out = 0;
  uint64_t relayed_in = 0;
  uint64_t keyframe_requests = 0;
  uint64_t participants = 0;
  uint64_t rooms = 0;
  uint64_t remote_tracks = 0;
  uint64_t packets_in_pool = 0;
  // How busy the thread is, in percent; how far apart it sends; what it leaves out (a Shedding).
  uint64_t busy_percent = 0;
  uint64_t turn_us = 0;
  uint64_t longest_us = 0;
  uint64_t shedding = 0;
};

// Not thread-safe: one thread owns it. Calls in any order; `now` never goes back.
class Shard {
 public:
  // `certificate` and `random` outlive the shard.
  Shard(const ShardConfig& config, const transport::Certificate& certificate, Random& random);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  void OnCommand(Instant now, const Command& command);
  // A received batch is processed at once (decisions 27); the bytes may be overwritten.
  void OnDatagrams(Instant now, std::span<const ReceivedDatagram> batch);
  void OnDeadline(Instant now);
  // When OnDeadline wants to be called; never earlier than the last `now` that it was given.
  Instant NextDeadline() const;

  // Appends what is to be sent, grouped by receiver, until nothing is left or the batch is full.
  // Returns whether anything is left: call again with an empty batch, at once or when what came
  // meanwhile has been taken in, which leaves after it. Call after each of the above, or, so that
  // much of it leaves together where the shard has a lot to do, only from SendAt() on.
  bool PollSend(Instant now, SendBatch& batch);
  // Never while there is nothing to send.
  Instant SendAt() const;
  // A turn of whoever drives the shard ends, in which it used no CPU for so long: there was nothing
  // to do, or others had the core, and leaving things out would not bring that back. Without these
  // calls the shard thinks that it is idle.
  void OnTurn(Instant now, Duration waited);
  // Moves out the events since the last call.
  std::vector<Event> TakeEvents();

  // Another shard said this, of the rooms that both have members of; its memory is taken.
  void OnRelay(Instant now, ShardId from, RelayMessage&& message);
  // Appends what other shards are to be told at once, in order. Call after each of the above.
  void TakeRelays(std::vector<RelayOut>& out);

  const ShardStats& stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace conclave::router
