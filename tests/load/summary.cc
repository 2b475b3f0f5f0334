#include <fmt/format.h>

#include <algorithm>

#include "tests/load/report.h"
#include "tests/load/totals.h"

namespace conclave::load {
namespace {

double Ms(Duration duration) { return 1000 * duration.seconds(); }
double Mb(uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

std::string Line(const char* name, const std::string& text) {
  return fmt::format("{:<11}{}\n", name, text);
}

std::string TimesText(const Times& times) {
  if (times.count == 0) return "nobody";
  return fmt::format("p50 {:.0f} ms, p95 {:.0f} ms, max {:.0f} ms ({} receivers)", times.p50_ms,
                     times.p95_ms, times.max_ms, times.count);
}

std::string DelayText(const Histogram& delay) {
  if (delay.total() == 0) return "none measured";
  return fmt::format("p50 {:.2f} ms, p99 {:.2f} ms, p99.9 {:.2f} ms, max {:.1f} ms ({} packets)",
                     Ms(delay.Quantile(0.5)), Ms(delay.Quantile(0.99)), Ms(delay.Quantile(0.999)),
                     Ms(delay.max()), delay.total());
}

std::string JoinText(const Totals& totals) {
  std::string text = fmt::format("{} joined in {:.1f} s, {} failed", totals.joined,
                                 totals.all_joined_s, totals.failed);
  if (totals.retries > 0) text += fmt::format(", {} times told to try again", totals.retries);
  text += "\n" + Line("", TimesText(totals.join));
  for (const auto& [why, count] : totals.failures) {
    text += Line("", fmt::format("failed {} times: {}", count, why));
  }
  text.pop_back();
  return text;
}

std::string UsageText(const Measured& measured, size_t participants) {
  const double percent = 100 * measured.cpu.seconds() / std::max(measured.wall.seconds(), 1e-3);
  return fmt::format("{:.0f} % of a core, {:.3f} % for each participant; {:.0f} MB resident",
                     percent, percent / static_cast<double>(std::max<size_t>(participants, 1)),
                     Mb(measured.resident_bytes));
}

std::string VerifiedText(const Tally& sum) {
  return fmt::format(
      "{} packets: {} of another source, {} out of order, {} missing without a gap, "
      "{} unreadable",
      sum.verified, sum.wrong_source, sum.out_of_order, sum.swallowed, sum.unreadable);
}

}  // namespace

std::string Summary(const Settings& settings, const RunResult& result) {
  const Totals totals = Add(result, -1);
  const Tally& sum = totals.sum;
  const double seconds = std::max(result.measured.seconds(), 1e-3);
  std::string text;
  if (result.synthetic_media) text += Line("media", "made up (--media replays encoded files)");
  text += Line("joined", JoinText(totals));
  text += Line("first", "audio " + TimesText(totals.first_audio));
  text += Line("", "video " + TimesText(totals.first_video));
  if (settings.live > 0) {
    const Storm storm = StormOf(settings, result);
    text += Line("storm", "audio after " + TimesText(storm.first_audio));
    text += Line("", fmt::format("{} heard nothing; {} gaps in what the first {} heard",
                                 storm.never_heard, storm.gaps, settings.live));
  }
  text += Line("received", fmt::format("{} packets, {:.1f} MB; sent {} packets, {:.1f} MB; "
                                       "measured for {:.1f} s",
                                       sum.packets, Mb(sum.bytes), sum.sent_packets,
                                       Mb(sum.sent_bytes), seconds));
  text +=
      Line("loss", fmt::format("{} of {} ({:.4f} %), worst receiver {:.2f} %; {} overflows here",
                               sum.lost, sum.expected, totals.loss_percent,
                               totals.worst_loss_percent, sum.overflows));
  text += Line("reordered", fmt::format("{}; {} duplicates, {} by RTX", sum.reordered,
                                        sum.duplicates, sum.rtx_packets));
  text += Line("delay", "audio " + DelayText(result.audio_delay));
  text += Line("", "video " + DelayText(result.video_delay));
  if (settings.canary) {
    text += Line("", "calm  " + DelayText(result.calm_audio_delay) +
                         fmt::format("; {:.0f} % stolen", 100 * result.stolen_share));
  }
  text += Line("heard",
               fmt::format("{:.2f} % ({} of {})", totals.heard_percent, sum.heard, sum.spurts));
  text += Line("switches",
               fmt::format("{}; {} key frames asked for", sum.switches, sum.key_frame_requests));
  text += Line("verified", VerifiedText(sum));
  text +=
      Line("signaling", fmt::format("{} messages, {:.1f} MB", sum.messages, Mb(sum.message_bytes)));
  if (result.server) {
    text += Line("server", UsageText(*result.server, settings.total()));
    text += Line(
        "", fmt::format("{:.1f} s of CPU time for the joins", result.server_join_cpu.seconds()));
  }
  text += Line("load", UsageText(result.own, settings.total()) +
                           fmt::format("; latest tick {:.0f} ms late", Ms(result.latest_tick)));
  return text;
}

}  // namespace conclave::load
