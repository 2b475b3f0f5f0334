#include "signal/codec_selection.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "signal/fmtp.h"

namespace conclave::signal {
namespace {

using router::CodecName;

constexpr std::string_view kTransportCc = "transport-cc";
constexpr std::string_view kRemb = "goog-remb";
constexpr std::string_view kNack = "nack";
constexpr std::array<std::string_view, 3> kVideoFeedback = {"nack", "nack pli", "ccm fir"};
// What shapes an encoder that sends to us or that we stand for. Firefox offers "stereo" always; in
// an answer to a sender it would make a microphone cost twice.
constexpr std::array<std::string_view, 6> kOpusParameters = {
    "minptime", "useinbandfec", "usedtx", "maxaveragebitrate", "maxplaybackrate", "cbr"};

bool Has(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::optional<CodecName> VideoName(const wire::SdpFormat& format) {
  if (format.clock_rate != 90000) return std::nullopt;
  if (SameName(format.name, "VP8")) return CodecName::kVp8;
  if (SameName(format.name, "VP9")) return CodecName::kVp9;
  if (SameName(format.name, "H264")) return CodecName::kH264;
  if (SameName(format.name, "AV1")) return CodecName::kAv1;
  return std::nullopt;
}

// How plain a profile is: smaller is better, nullopt is not wanted at all.
std::optional<int> H264Rank(std::string_view fmtp) {
  if (FmtpValue(fmtp, "packetization-mode").value_or("0") != "1") return std::nullopt;
  // RFC 6184 section 8.1: without a profile-level-id it is baseline, level 1.
  const std::string profile = FmtpValue(fmtp, "profile-level-id").value_or("42000a").substr(0, 4);
  if (SameName(profile, "42e0")) return 0;
  if (SameName(profile, "4200")) return 1;
  return std::nullopt;
}

std::optional<int> ProfileRank(CodecName name, std::string_view fmtp) {
  if (name == CodecName::kH264) return H264Rank(fmtp);
  std::string_view key;
  if (name == CodecName::kVp9) key = "profile-id";
  if (name == CodecName::kAv1) key = "profile";
  if (key.empty() || FmtpValue(fmtp, key).value_or("0") == "0") return 0;
  return std::nullopt;
}

struct Choice {
  CodecName name;
  const wire::SdpFormat* format;
  int rank;
};

// One format for each usable codec, in the client's order.
std::vector<Choice> VideoChoices(const wire::SdpMedia& offered) {
  std::vector<Choice> out;
  for (const wire::SdpFormat& format : offered.formats) {
    const auto name = VideoName(format);
    const auto rank = name ? ProfileRank(*name, format.fmtp) : std::nullopt;
    if (!rank) continue;
    const auto known = std::find_if(out.begin(), out.end(),
                                    [&](const Choice& choice) { return choice.name == *name; });
    if (known == out.end()) {
      out.push_back({*name, &format, *rank});
    } else if (*rank < known->rank) {
      *known = {*name, &format, *rank};
    }
  }
  return out;
}

std::vector<Choice> ForRole(std::vector<Choice> choices, SectionRole role) {
  const auto is_vp8 = [](const Choice& choice) { return choice.name == CodecName::kVp8; };
  if (role == SectionRole::kSlot) std::stable_partition(choices.begin(), choices.end(), is_vp8);
  return choices;
}

const wire::SdpFormat* RtxOf(const wire::SdpMedia& offered, uint8_t payload_type) {
  const std::string apt = std::to_string(payload_type);
  for (const wire::SdpFormat& format : offered.formats) {
    if (SameName(format.name, "rtx") && FmtpValue(format.fmtp, "apt") == apt) return &format;
  }
  return nullptr;
}

wire::SdpFormat Answered(const wire::SdpFormat& offered) {
  wire::SdpFormat out = offered;
  out.feedback.clear();
  return out;
}

// What of the offered ways to tell of the path is to be used.
std::optional<std::string_view> PathFeedback(const std::vector<std::string>& offered,
                                             SectionRole role) {
  if (Has(offered, kTransportCc)) return kTransportCc;
  if (role == SectionRole::kSlot && Has(offered, wire::kSdpCcfb)) return wire::kSdpCcfb;
  if (Has(offered, kRemb)) return kRemb;
  return std::nullopt;
}

wire::SdpFormat AnsweredVideo(const Choice& choice, SectionRole role) {
  wire::SdpFormat out = Answered(*choice.format);
  // Firefox's max-fs and max-fr would limit what we receive.
  if (choice.name == CodecName::kVp8) out.fmtp.clear();
  if (choice.name == CodecName::kVp9) {
    const auto profile = FmtpValue(choice.format->fmtp, "profile-id");
    out.fmtp = profile ? "profile-id=" + *profile : "";
  }
  const std::vector<std::string>& feedback = choice.format->feedback;
  for (const std::string_view item : kVideoFeedback) {
    if (Has(feedback, item)) out.feedback.emplace_back(item);
  }
  if (const auto path = PathFeedback(feedback, role)) out.feedback.emplace_back(*path);
  return out;
}

SelectedCodecs SelectVideo(const wire::SdpMedia& offered, SectionRole role) {
  SelectedCodecs out;
  for (const Choice& choice : ForRole(VideoChoices(offered), role)) {
    router::CodecConfig codec;
    codec.name = choice.name;
    codec.payload_type = choice.format->payload_type;
    if (choice.name == CodecName::kH264) codec.fmtp = choice.format->fmtp;
    out.formats.push_back(AnsweredVideo(choice, role));
    out.ccfb |= Has(out.formats.back().feedback, wire::kSdpCcfb);
    out.remb |= Has(out.formats.back().feedback, kRemb);
    if (const wire::SdpFormat* rtx = RtxOf(offered, codec.payload_type)) {
      codec.rtx_payload_type = rtx->payload_type;
      out.formats.push_back(Answered(*rtx));
    }
    out.codecs.push_back(std::move(codec));
  }
  return out;
}

std::string OpusFmtp(std::string_view offered) {
  std::string out;
  for (const auto& [key, value] : ParseFmtp(offered)) {
    if (std::find(kOpusParameters.begin(), kOpusParameters.end(), key) == kOpusParameters.end()) {
      continue;
    }
    if (!out.empty()) out += ';';
    out += key + "=" + value;
  }
  return out;
}

// RFC 2198 section 5: of the codec that was selected, as often as is offered.
void AddRed(const wire::SdpMedia& offered, SelectedCodecs& out) {
  const std::string opus = std::to_string(out.codecs.front().payload_type);
  for (const wire::SdpFormat& format : offered.formats) {
    if (!SameName(format.name, "red") || format.clock_rate != 48000) continue;
    if (format.fmtp != opus + "/" + opus) continue;
    out.formats.push_back(Answered(format));
    out.red_payload_type = format.payload_type;
    return;
  }
}

SelectedCodecs SelectAudio(const wire::SdpMedia& offered, SectionRole role) {
  SelectedCodecs out;
  for (const wire::SdpFormat& format : offered.formats) {
    if (!SameName(format.name, "opus") || format.clock_rate != 48000) continue;
    wire::SdpFormat answered = Answered(format);
    answered.fmtp = OpusFmtp(format.fmtp);
    const auto path = PathFeedback(format.feedback, role);
    if (path && *path != kRemb) answered.feedback.emplace_back(*path);
    out.ccfb = path == wire::kSdpCcfb;
    // A slot's packets are repeated byte by byte. A sender without RTX would encrypt them anew,
    // with another header under the same index (decisions 25): we do not ask it.
    out.audio_nack = role == SectionRole::kSlot && Has(format.feedback, kNack);
    if (out.audio_nack) answered.feedback.emplace_back(kNack);
    out.formats.push_back(std::move(answered));
    out.codecs.push_back({CodecName::kOpus, format.payload_type, 0, ""});
    break;
  }
  if (role == SectionRole::kSlot && !out.codecs.empty()) AddRed(offered, out);
  return out;
}

}  // namespace

SelectedCodecs SelectCodecs(const wire::SdpMedia& offered, SectionRole role) {
  if (offered.kind == "audio") return SelectAudio(offered, role);
  if (offered.kind == "video") return SelectVideo(offered, role);
  return {};
}

}  // namespace conclave::signal
