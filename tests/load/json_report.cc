#include <algorithm>

#include "tests/load/json_writer.h"
#include "tests/load/report.h"
#include "tests/load/totals.h"

namespace conclave::load {
namespace {

void WriteTimes(std::string_view name, const Times& times, JsonWriter& json) {
  json.Begin(name).Field("count", uint64_t{times.count});
  json.Field("p50", times.p50_ms).Field("p95", times.p95_ms).Field("max", times.max_ms).End();
}

void WriteDelay(std::string_view name, const Histogram& delay, JsonWriter& json) {
  const auto ms = [&](double share) { return 1000 * delay.Quantile(share).seconds(); };
  json.Begin(name).Field("count", delay.total());
  json.Field("p50", ms(0.5)).Field("p99", ms(0.99)).Field("p999", ms(0.999));
  json.Field("max", 1000 * delay.max().seconds()).End();
}

void WriteUsage(std::string_view name, const Measured& measured, size_t participants,
                JsonWriter& json) {
  const double percent = 100 * measured.cpu.seconds() / std::max(measured.wall.seconds(), 1e-3);
  json.Begin(name).Field("cpu_percent", percent);
  json.Field("cpu_percent_per_participant",
             percent / static_cast<double>(std::max<size_t>(participants, 1)));
  json.Field("rss_before_bytes", measured.resident_before_bytes);
  json.Field("rss_bytes", measured.resident_bytes).End();
}

void WriteCounts(const Tally& t, JsonWriter& json) {
  json.Field("expected", t.expected).Field("packets", t.packets).Field("bytes", t.bytes);
  json.Field("lost", t.lost).Field("lost_after_repair", t.lost_after_repair);
  json.Field("reordered", t.reordered).Field("duplicates", t.duplicates);
  json.Field("rtx_packets", t.rtx_packets).Field("switches", t.switches);
  json.Field("audio_gaps", t.audio_gaps);
  json.Field("overflows", t.overflows).Field("foreign", t.foreign);
  json.Field("sent_packets", t.sent_packets).Field("sent_bytes", t.sent_bytes);
  json.Field("messages", t.messages).Field("message_bytes", t.message_bytes);
  json.Field("key_frame_requests", t.key_frame_requests);
  json.Field("spurts", t.spurts).Field("heard", t.heard);
  json.Field("verified", t.verified).Field("wrong_source", t.wrong_source);
  json.Field("out_of_order", t.out_of_order).Field("swallowed", t.swallowed);
  json.Field("unreadable", t.unreadable);
}

void WriteTotals(const Totals& totals, JsonWriter& json) {
  json.Field("joined", uint64_t{totals.joined}).Field("failed", uint64_t{totals.failed});
  json.Field("retries", totals.retries).Field("sessions", totals.sessions);
  json.Field("all_joined_s", totals.all_joined_s);
  json.Field("loss_percent", totals.loss_percent);
  json.Field("loss_after_repair_percent", totals.loss_after_repair_percent);
  json.Field("worst_loss_percent", totals.worst_loss_percent);
  json.Field("heard_percent", totals.heard_percent);
  WriteTimes("join_ms", totals.join, json);
  WriteTimes("first_audio_ms", totals.first_audio, json);
  WriteTimes("first_video_ms", totals.first_video, json);
  WriteCounts(totals.sum, json);
  json.Begin("failures");
  for (const auto& [why, count] : totals.failures) json.Field(why, uint64_t{count});
  json.End();
}

void WriteMs(std::string_view name, Duration time, JsonWriter& json) {
  if (time < Duration()) {
    json.Null(name);
  } else {
    json.Field(name, 1000 * time.seconds());
  }
}

void WriteReceiver(const Tally& t, JsonWriter& json) {
  json.Begin().Field("number", uint64_t{t.number}).Field("room", uint64_t{t.room});
  json.Field("joined", t.joined);
  if (!t.failure.empty()) json.Field("failure", t.failure);
  WriteMs("join_ms", t.join_time, json);
  WriteMs("first_audio_ms", t.first_audio, json);
  WriteMs("first_video_ms", t.first_video, json);
  WriteCounts(t, json);
  json.End();
}

}  // namespace

std::string Json(const Settings& settings, const RunResult& result) {
  JsonWriter json;
  json.Begin();
  json.Field("participants", uint64_t{settings.total()});
  json.Field("measured_s", result.measured.seconds());
  json.Field("measured_packets", result.measured_packets);
  json.Field("synthetic_media", result.synthetic_media);
  WriteTotals(Add(result, -1), json);
  if (settings.live > 0) {
    const Storm storm = StormOf(settings, result);
    json.Begin("storm");
    WriteTimes("join_ms", storm.join, json);
    WriteTimes("first_audio_ms", storm.first_audio, json);
    json.Field("gaps", storm.gaps).Field("never_heard", uint64_t{storm.never_heard}).End();
  }
  WriteDelay("audio_delay_ms", result.audio_delay, json);
  WriteDelay("video_delay_ms", result.video_delay, json);
  if (settings.canary) {
    WriteDelay("measured_audio_delay_ms", result.measured_audio_delay, json);
    WriteDelay("calm_audio_delay_ms", result.calm_audio_delay, json);
    json.Field("stolen_share", result.stolen_share);
  }
  WriteUsage("load", result.own, settings.total(), json);
  json.Field("latest_tick_ms", 1000 * result.latest_tick.seconds());
  if (result.server) {
    WriteUsage("server", *result.server, settings.total(), json);
    json.Field("server_join_cpu_s", result.server_join_cpu.seconds());
  }
  json.BeginList("rooms");
  for (uint32_t room = 0; room < settings.rooms; ++room) {
    json.Begin();
    WriteTotals(Add(result, static_cast<int>(room)), json);
    json.End();
  }
  json.EndList();
  if (settings.json_receivers) {
    json.BeginList("receivers");
    for (const Tally& tally : result.tallies) WriteReceiver(tally, json);
    json.EndList();
  }
  json.End();
  return json.text() + "\n";
}

}  // namespace conclave::load
