#include "tests/load/totals.h"

#include <algorithm>

namespace conclave::load {
namespace {

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

Times TimesOf(std::vector<Duration> values) {
  Times times;
  times.count = values.size();
  if (values.empty()) return times;
  std::ranges::sort(values);
  const auto at = [&](double share) {
    const auto last = static_cast<double>(values.size() - 1);
    return 1000 * values[static_cast<size_t>(share * last + 0.5)].seconds();
  };
  times.p50_ms = at(0.5);
  times.p95_ms = at(0.95);
  times.max_ms = at(1);
  return times;
}

void AddTo(const Tally& t, Tally& sum) {
  sum.expected += t.expected;
  sum.packets += t.packets;
  sum.bytes += t.bytes;
  sum.lost += t.lost;
  sum.lost_after_repair += t.lost_after_repair;
  sum.duplicates += t.duplicates;
  sum.reordered += t.reordered;
  sum.rtx_packets += t.rtx_packets;
  sum.switches += t.switches;
  sum.audio_gaps += t.audio_gaps;
  sum.overflows += t.overflows;
  sum.foreign += t.foreign;
  sum.sent_packets += t.sent_packets;
  sum.sent_bytes += t.sent_bytes;
  sum.feedbacks += t.feedbacks;
  sum.messages += t.messages;
  sum.message_bytes += t.message_bytes;
  sum.key_frame_requests += t.key_frame_requests;
  sum.spurts += t.spurts;
  sum.heard += t.heard;
  sum.verified += t.verified;
  sum.unreadable += t.unreadable;
  sum.wrong_source += t.wrong_source;
  sum.out_of_order += t.out_of_order;
  sum.swallowed += t.swallowed;
}

}  // namespace

Totals Add(const RunResult& result, int room) {
  Totals totals;
  std::vector<Duration> join;
  std::vector<Duration> audio;
  std::vector<Duration> video;
  Instant last_joined = result.begin;
  for (const Tally& t : result.tallies) {
    if (t.hostile) continue;
    if (room >= 0 && t.room != static_cast<uint32_t>(room)) continue;
    ++(t.joined ? totals.joined : totals.failed);
    if (!t.joined) ++totals.failures[t.failure.empty() ? "not in time" : t.failure];
    totals.retries += t.retries;
    totals.sessions += t.sessions;
    if (t.join_time >= Duration()) join.push_back(t.join_time);
    if (t.first_audio >= Duration()) audio.push_back(t.first_audio);
    if (t.first_video >= Duration()) video.push_back(t.first_video);
    if (t.joined_at != Instant::Never()) last_joined = std::max(last_joined, t.joined_at);
    totals.worst_loss_percent = std::max(totals.worst_loss_percent, Percent(t.lost, t.expected));
    AddTo(t, totals.sum);
  }
  totals.all_joined_s = (last_joined - result.begin).seconds();
  totals.join = TimesOf(std::move(join));
  totals.first_audio = TimesOf(std::move(audio));
  totals.first_video = TimesOf(std::move(video));
  totals.loss_percent = Percent(totals.sum.lost, totals.sum.expected);
  totals.loss_after_repair_percent = Percent(totals.sum.lost_after_repair, totals.sum.expected);
  if (totals.sum.spurts > 0) totals.heard_percent = Percent(totals.sum.heard, totals.sum.spurts);
  return totals;
}

Storm StormOf(const Settings& settings, const RunResult& result) {
  Storm storm;
  std::vector<Duration> join;
  std::vector<Duration> audio;
  for (const Tally& t : result.tallies) {
    if (t.hostile) continue;
    if (t.number < settings.live) {
      storm.gaps += t.audio_gaps;
      continue;
    }
    if (t.join_time >= Duration()) join.push_back(t.join_time);
    if (t.first_audio >= Duration()) {
      audio.push_back(t.first_audio);
    } else {
      ++storm.never_heard;
    }
  }
  storm.join = TimesOf(std::move(join));
  storm.first_audio = TimesOf(std::move(audio));
  return storm;
}

bool AllJoined(const RunResult& result) {
  return std::ranges::all_of(result.tallies,
                             [](const Tally& tally) { return tally.joined || tally.hostile; });
}

}  // namespace conclave::load
