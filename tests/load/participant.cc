#include "tests/load/participant.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/byte_reader.h"
#include "io/clock.h"
#include "tests/load/attack.h"

namespace conclave::load {
namespace {

using router::SourceKind;

constexpr size_t kAudioSlots = 4;
// As the web client: slots grow in powers of two from eight.
constexpr size_t kVideoSlotsMin = 8;
// What a browser's user would wait for a join.
constexpr Duration kJoinPatience = Duration::Seconds(30);
// Shorter talkspurts may be over before a server can rank them.
constexpr Duration kHearableSpurt = Duration::Millis(400);
// Ranking and the way take a moment: a packet this long after the talkspurt still is of it.
constexpr Duration kSpurtTail = Duration::Millis(300);
// One batch after another, but not for ever: others wait.
constexpr int kBatchesMax = 32;
constexpr size_t kNamesBytes = 12;
// How often somebody looks whether there are other cameras than before.
constexpr Duration kLook = Duration::Millis(500);
constexpr Duration kAttackerRetry = Duration::Seconds(1);

// The number of the ServerMessage's body, by the outermost fields alone.
uint32_t BodyOf(std::string_view message) {
  ByteReader reader({reinterpret_cast<const uint8_t*>(message.data()), message.size()});
  while (reader.ok() && reader.remaining() > 0) {
    const uint8_t tag = reader.U8();
    if ((tag & 7) == 2) return tag >> 3;
    while (reader.ok() && (reader.U8() & 0x80) != 0) {
    }
  }
  return 0;
}

// ServerMessage.roster and ServerMessage.levels.
constexpr uint32_t kRosterBody = 6;
constexpr uint32_t kLevelsBody = 8;

sim::OfferPlan PlanOf(const Settings& settings, const Part& part,
                      const router::Fingerprint& fingerprint, Random& random) {
  sim::OfferPlan plan;
  plan.ice = {random.Text(kIceChars, 8), random.Text(kIceChars, 24)};
  plan.fingerprint = fingerprint;
  plan.senders = {{SourceKind::kMicrophone, 1, !part.microphone},
                  {SourceKind::kCamera, settings.encodings, !part.camera},
                  {SourceKind::kScreenVideo, 1, !part.screen},
                  {SourceKind::kScreenAudio, 1, true}};
  plan.audio_slots = kAudioSlots;
  plan.video_slots = std::bit_ceil(
      std::max<size_t>(kVideoSlotsMin, settings.tiles + settings.large + settings.screens));
  plan.video_codecs = settings.codecs;
  std::erase(plan.video_codecs, part.codec);
  plan.video_codecs.insert(plan.video_codecs.begin(), part.codec);
  return plan;
}

}  // namespace

Participant::Participant(ParticipantContext& context, Room& room, const Part& part, uint64_t tag)
    : context_(context),
      room_(room),
      part_(part),
      tag_(tag),
      view_(context.settings.same_view ? 0 : part.place) {
  tally_.number = part.number;
  tally_.room = room.number;
  tally_.verifies = part.verify;
  tally_.hostile = part.hostility.has_value();
}

bool Participant::Lost(double share) {
  return share > 0 && context_.random.Next32() < share * 4294967296.0;
}

void Participant::Join(Instant now) {
  retry_at_ = Instant::Never();
  started_ = now;
  give_up_at_ = now + kJoinPatience;
  state_ = State::kSignaling;
  ++tally_.sessions;
  const Target& target = context_.settings.target;
  auto stream = Stream::Connect(context_.server, context_.tls, target.host);
  if (!stream) return Fail(now, stream.error().message);
  stream_ = *std::move(stream);
  context_.poller.Add(stream_->fd(), tag_);
  web_socket_ = WebSocket();
  sim::OfferPlan plan = PlanOf(context_.settings, part_, context_.fingerprint, context_.random);
  // Where the WebSocket reached the server is surely reachable.
  plan.server_ip = context_.server.ip;
  signal_.emplace(room_.address, context_.random.Text(kIceChars, kNamesBytes), plan);
  const std::string host =
      target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  stream_->Write(
      WebSocket::UpgradeRequest(host + ":" + std::to_string(target.port), context_.random));
}

void Participant::Say(const std::string& message) {
  if (!stream_) return;
  std::string out;
  WebSocket::WriteMessage(message, context_.random, out);
  stream_->Write(out);
}

void Participant::OnSocket(Instant now) {
  if (!stream_) return;
  std::string in;
  const bool alive = stream_->OnReady(in);
  const bool was_open = web_socket_.state() == WebSocket::State::kOpen;
  std::vector<std::string> messages;
  std::string out;
  web_socket_.OnBytes(in, context_.random, messages, out);
  if (!out.empty()) stream_->Write(out);
  if (!was_open && web_socket_.state() == WebSocket::State::kOpen) Say(signal_->JoinMessage());
  for (const std::string& message : messages) {
    OnMessage(now, message);
    if (!stream_) return;
  }
  if (web_socket_.state() == WebSocket::State::kClosed) {
    const int code = web_socket_.close_code();
    const int status = web_socket_.http_status();
    return Fail(now, code != 0 ? "the WebSocket was closed with " + std::to_string(code)
                               : "the WebSocket was refused: HTTP " + std::to_string(status));
  }
  if (!alive) Fail(now, stream_->failure());
}

void Participant::OnMessage(Instant now, std::string_view message) {
  ++tally_.messages;
  tally_.message_bytes += message.size();
  // A thousand copies of a roster of a thousand would take longer to read than to make.
  const uint32_t body = BodyOf(message);
  if (body == kLevelsBody || (body == kRosterBody && !part_.verify)) return;
  signal_->OnMessage({reinterpret_cast<const uint8_t*>(message.data()), message.size()});
  if (const auto refusal = signal_->TakeRefusal()) return OnRefusal(now, *refusal);
  if (state_ == State::kSignaling && signal_->joined()) StartMedia(now);
  if (media_) FollowWanted();
  if (state_ == State::kIn && context_.settings.follow_speaker &&
      signal_->dominant_speaker() != followed_) {
    followed_ = signal_->dominant_speaker();
    WishLayout(now);
  }
}

void Participant::FollowWanted() {
  for (const auto& [track, encodings] : signal_->TakeWanted()) {
    for (Sender& sender : media_->senders()) {
      if (sender.config().track == track) sender.SetWanted(encodings);
    }
  }
}

void Participant::OnRefusal(Instant now, const sim::SignalRefusal& refusal) {
  if (state_ == State::kIn) return;
  if (!refusal.retry) return Fail(now, "refused: " + refusal.text);
  ++tally_.retries;
  EndSession(now);
  state_ = State::kAway;
  retry_at_ = now + std::max(refusal.retry_after, Duration::Millis(100));
}

void Participant::StartMedia(Instant now) {
  auto config = signal_->TakeMediaConfig();
  if (!config) return Fail(now, "the answer cannot be understood");
  auto port = UdpPort::Connect(config->server);
  if (!port) return Fail(now, port.error().message);
  port_.emplace(*std::move(port));
  context_.poller.AddReadable(port_->fd(), tag_ | 1);
  const SessionOptions options = {part_.number, part_.verify, context_.settings.canary,
                                  part_.codec};
  media_ = std::make_unique<MediaSession>(now, context_.session, *config, options);
  state_ = State::kConnecting;
  OnDeadline(now, *cursor_);
}

void Participant::OnConnected(Instant now) {
  state_ = State::kIn;
  give_up_at_ = Instant::Never();
  heard_.assign(room_.spurts.size(), 0);
  if (!tally_.joined) {
    tally_.joined = true;
    tally_.joined_at = now;
    tally_.join_time = media_->stats().connected_at - started_;
  }
  const auto publish = [&](SourceKind source, std::vector<std::atomic<uint32_t>>& board) {
    if (part_.place >= board.size()) return;
    board[part_.place] = signal_->OwnTrack(source).value();
    ++room_.version;
  };
  if (part_.camera) publish(SourceKind::kCamera, room_.cameras);
  if (part_.screen) publish(SourceKind::kScreenVideo, room_.screens);
  if (part_.talker) room_.talking_since_us[part_.place] = now.us();
  view_since_ = now;
  next_layout_ = now;
  seen_version_ = 0;
  if (part_.hostility) next_attack_ = now;
}

std::vector<router::TrackWish> Participant::Wishes() const {
  const Settings& settings = context_.settings;
  std::vector<router::TrackWish> wishes;
  const auto wish = [&](uint32_t track, uint16_t height_px, bool on_stage) {
    if (track == 0 || std::ranges::any_of(wishes, [&](const router::TrackWish& w) {
          return w.track == TrackId(track);
        })) {
      return false;
    }
    wishes.push_back({TrackId(track), height_px, false, on_stage});
    return true;
  };
  uint32_t large = settings.large;
  for (size_t i = 0; i < room_.screens.size() && large > 0; ++i) {
    if (i != part_.place && wish(room_.screens[i], settings.large_height, true)) --large;
  }
  if (large > 0 && followed_ != TrackId()) {
    const auto speaker = context_.session.directory.Find(followed_.value());
    const uint32_t place = speaker ? speaker->participant % settings.participants : part_.place;
    if (place != part_.place && place < room_.cameras.size() &&
        wish(room_.cameras[place], settings.large_height, true)) {
      --large;
    }
  }
  uint32_t tiles = settings.tiles;
  for (size_t i = 0; i < room_.cameras.size() && large + tiles > 0; ++i) {
    const size_t place = (view_ + i) % room_.cameras.size();
    if (place == part_.place) continue;
    const bool big = large > 0;
    if (!wish(room_.cameras[place], big ? settings.large_height : settings.tile_height, big)) {
      continue;
    }
    --(big ? large : tiles);
  }
  return wishes;
}

void Participant::WishLayout(Instant) {
  if (state_ != State::kIn) return;
  Say(sim::SignalClient::LayoutMessage(Wishes()));
}

void Participant::HearAudio(Instant at, uint32_t csrc, const ConversationCursor& cursor) {
  const auto source = context_.session.directory.Find(csrc);
  if (!source) return;
  const uint32_t first = room_.number * context_.settings.participants;
  const uint32_t place = source->participant - first;
  if (source->participant < first || place >= room_.talkers) return;
  const int newest = cursor.Newest(place);
  if (newest < 0 || static_cast<size_t>(newest) >= heard_.size()) return;
  const Talkspurt& spurt = room_.spurts[static_cast<size_t>(newest)];
  if (at <= room_.begin + spurt.end + kSpurtTail) heard_[static_cast<size_t>(newest)] = 1;
}

void Participant::OnUdp(Instant now) {
  if (!port_ || !media_) return;
  for (int batch = 0; batch < kBatchesMax; ++batch) {
    const auto arrived = port_->Receive(now, context_.session.wall_offset, context_.arena);
    if (arrived.empty()) break;
    for (const Arrived& datagram : arrived) {
      if (Lost(context_.settings.loss_down)) continue;
      const uint32_t csrc = media_->OnDatagram(datagram.at, datagram.bytes);
      if (csrc != 0 && cursor_ != nullptr) HearAudio(datagram.at, csrc, *cursor_);
    }
  }
  media_->AfterDatagrams(now);
  Flush();
  if (state_ == State::kConnecting && media_->connected()) OnConnected(now);
  if (media_->failed()) Fail(now, "the media transport was lost");
}

void Participant::Flush() {
  Outgoing& out = context_.session.out;
  if (port_ && !out.empty() && !Lost(context_.settings.loss_up)) port_->Send(out);
  out.Clear();
}

void Participant::OnDeadline(Instant now, const ConversationCursor& cursor) {
  cursor_ = &cursor;
  if (retry_at_ <= now) Join(now);
  if (give_up_at_ <= now) return Fail(now, "it took longer than 30 s");
  if (!media_) return;
  if (part_.talker) {
    if (Sender* microphone = media_->sender(SourceKind::kMicrophone)) {
      microphone->SetTalking(now, cursor.Speaks(part_.place, now - room_.begin));
    }
  }
  media_->OnDeadline(now);
  Flush();
  if (media_->failed()) return Fail(now, "the media transport was lost");
  if (next_attack_ <= now) Attack(now);
  if (next_layout_ <= now) {
    LookRound(now);
  }
}

void Participant::Attack(Instant now) {
  next_attack_ = now + kAttackInterval;
  switch (*part_.hostility) {
    case Hostility::kGarbage:
      media_->Attack();
      break;
    case Hostility::kFlood:
      AddFlood(context_.random, context_.session.out);
      break;
    case Hostility::kMessages:
      Say(MalformedMessage(context_.random));
      break;
  }
  Flush();
}

void Participant::LookRound(Instant now) {
  next_layout_ = now + kLook;
  const Duration reshuffle = context_.settings.reshuffle;
  const bool bored = reshuffle > Duration() && now >= view_since_ + reshuffle;
  const uint32_t version = room_.version;
  if (version == seen_version_ && !bored) return;
  seen_version_ = version;
  if (bored) ++view_;
  if (bored) view_since_ = now;
  WishLayout(now);
}

Instant Participant::NextDeadline() const {
  Instant next = std::min({retry_at_, give_up_at_, next_layout_, next_attack_});
  if (media_) next = std::min(next, media_->NextDeadline());
  return next;
}

void Participant::Fail(Instant now, const std::string& why) {
  if (tally_.failure.empty()) tally_.failure = why;
  tally_.joined = false;
  EndSession(now);
  state_ = State::kFailed;
  // Whoever is thrown out for what he does tries again.
  if (part_.hostility) retry_at_ = now + kAttackerRetry;
}

void Participant::Leave(Instant now) {
  if (state_ == State::kIn) {
    Say(sim::SignalClient::LeaveMessage());
    std::string out;
    WebSocket::WriteClose(context_.random, out);
    stream_->Write(out);
  }
  EndSession(now);
  state_ = State::kAway;
}

void Participant::CountHeard(Instant end) {
  const Instant since = media_->stats().connected_at;
  for (size_t i = 0; i < heard_.size(); ++i) {
    const Talkspurt& spurt = room_.spurts[i];
    const Instant begin = room_.begin + spurt.begin;
    if (spurt.talker == part_.place || spurt.end - spurt.begin < kHearableSpurt ||
        begin < since + kHearableSpurt || room_.begin + spurt.end > end ||
        begin.us() < room_.talking_since_us[spurt.talker]) {
      continue;
    }
    ++tally_.spurts;
    tally_.heard += heard_[i];
  }
}

void Participant::EndSession(Instant now) {
  if (media_) {
    tally_ = Result(now);
    if (const Verifier* verifier = media_->verifier()) {
      context_.audio_delay.Merge(verifier->stats().audio_delay);
      context_.video_delay.Merge(verifier->stats().video_delay);
      context_.samples.insert(context_.samples.end(), verifier->samples().begin(),
                              verifier->samples().end());
    }
    media_->Close();
    Flush();
  }
  media_.reset();
  port_.reset();
  stream_.reset();
  signal_.reset();
  retry_at_ = give_up_at_ = next_layout_ = next_attack_ = Instant::Never();
}

Tally Participant::Result(Instant now) {
  if (!media_) return tally_;
  const Tally before = tally_;
  Tally& t = tally_;
  const SessionStats& stats = media_->stats();
  if (t.first_audio < Duration() && stats.first_audio != Instant::Never()) {
    t.first_audio = stats.first_audio - started_;
  }
  if (t.first_video < Duration() && stats.first_video != Instant::Never()) {
    t.first_video = stats.first_video - started_;
  }
  for (const SlotMeter& slot : media_->slots()) {
    t.expected += slot.expected();
    t.packets += slot.stats().packets;
    t.bytes += slot.stats().bytes;
    t.lost += slot.lost();
    t.lost_after_repair += slot.lost_after_repair();
    t.duplicates += slot.stats().duplicates;
    t.reordered += slot.stats().reordered;
    t.rtx_packets += slot.stats().rtx_packets;
    t.switches += slot.stats().switches;
    t.audio_gaps += slot.stats().gaps;
  }
  for (const Sender& sender : media_->senders()) {
    t.sent_packets += sender.stats().packets;
    t.sent_bytes += sender.stats().bytes;
    t.key_frame_requests += sender.stats().key_frame_requests;
  }
  t.overflows += port_ ? port_->receive_overflows() : 0;
  t.foreign += stats.foreign_packets;
  t.feedbacks += stats.feedbacks_sent;
  CountHeard(now);
  if (const Verifier* verifier = media_->verifier()) {
    t.verified += verifier->stats().packets;
    t.unreadable += verifier->stats().unreadable;
    t.wrong_source += verifier->stats().wrong_source;
    t.out_of_order += verifier->stats().out_of_order;
    t.swallowed += verifier->stats().swallowed;
  }
  return std::exchange(tally_, before);
}

}  // namespace conclave::load
