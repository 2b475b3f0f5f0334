// gst_peer AUDIO_PORT VIDEO_PORT: GStreamer's webrtcbin as a guest for the interop tests.
//
// It offers a sendonly microphone and camera and a receive slot of each kind. RTP that it gets on
// local UDP ports of its own it sends to the other side; RTP that the other side sends, decrypted,
// it hands to the local UDP ports AUDIO_PORT and VIDEO_PORT. It speaks in lines:
//   out: "ports AUDIO VIDEO"   where it takes RTP, of the SSRCs and payload types below
//   out: "offer BASE64"        its SDP, when every candidate is in it
//   in:  "BASE64"              the answer
//   out: "connected"           ICE and DTLS are done
// It ends with the standard input; with status 1 and a word on standard error when a step fails.

#define GST_USE_UNSTABLE_API
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>
#undef GST_USE_UNSTABLE_API

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace conclave::interop {
namespace {

constexpr char kOpus[] =
    "application/x-rtp,media=audio,encoding-name=OPUS,encoding-params=(string)2,"
    "clock-rate=48000,payload=111";
constexpr char kVp8[] =
    "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96";

struct Peer {
  GMainLoop* loop = nullptr;
  GstElement* pipeline = nullptr;
  GstElement* webrtc = nullptr;
  int audio_port = 0;
  int video_port = 0;
  int status = 0;
};

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

void Fail(Peer& peer, const std::string& why) {
  std::fprintf(stderr, "gst_peer: %s\n", why.c_str());
  peer.status = 1;
  // From any thread, also before the loop runs.
  g_idle_add(
      [](gpointer loop) -> gboolean {
        g_main_loop_quit(static_cast<GMainLoop*>(loop));
        return G_SOURCE_REMOVE;
      },
      peer.loop);
}

void OnGathering(GstElement* webrtc, GParamSpec*, gpointer) {
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  g_object_get(webrtc, "ice-gathering-state", &state, nullptr);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
  GstWebRTCSessionDescription* offer = nullptr;
  g_object_get(webrtc, "local-description", &offer, nullptr);
  if (offer == nullptr) return;
  gchar* sdp = gst_sdp_message_as_text(offer->sdp);
  const std::string_view text = sdp;
  gchar* encoded = g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size());
  Say(std::string("offer ") + encoded);
  g_free(encoded);
  g_free(sdp);
  gst_webrtc_session_description_free(offer);
}

void OnConnection(GstElement* webrtc, GParamSpec*, gpointer data) {
  GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(webrtc, "connection-state", &state, nullptr);
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) Say("connected");
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED)
    Fail(*static_cast<Peer*>(data), "the connection failed");
}

// What is received leaves as it is after SRTP and the jitter buffer.
void OnReceived(GstElement*, GstPad* pad, gpointer data) {
  auto& peer = *static_cast<Peer*>(data);
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  GstCaps* caps = gst_pad_get_current_caps(pad);
  if (caps == nullptr) return Fail(peer, "a received stream without caps");
  const gchar* media = gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
  const bool is_video = media != nullptr && std::string_view(media) == "video";
  gst_caps_unref(caps);
  GstElement* sink = gst_element_factory_make("udpsink", nullptr);
  // Packets leave when they come: whoever decodes them has its own clock.
  g_object_set(sink, "host", "127.0.0.1", "port", is_video ? peer.video_port : peer.audio_port,
               "sync", FALSE, "async", FALSE, nullptr);
  gst_bin_add(GST_BIN(peer.pipeline), sink);
  gst_element_sync_state_with_parent(sink);
  GstPad* target = gst_element_get_static_pad(sink, "sink");
  if (gst_pad_link(pad, target) != GST_PAD_LINK_OK) Fail(peer, "a received stream is not linked");
  gst_object_unref(target);
}

void OnOffer(GstPromise* promise, gpointer data) {
  auto& peer = *static_cast<Peer*>(data);
  GstWebRTCSessionDescription* offer = nullptr;
  const GstStructure* reply = gst_promise_get_reply(promise);
  if (reply != nullptr)
    gst_structure_get(reply, "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &offer, nullptr);
  gst_promise_unref(promise);
  if (offer == nullptr) return Fail(peer, "no offer");
  g_signal_emit_by_name(peer.webrtc, "set-local-description", offer, nullptr);
  gst_webrtc_session_description_free(offer);
}

void OnAnswered(GstPromise* promise, gpointer data) {
  const GstStructure* reply = gst_promise_get_reply(promise);
  GError* error = nullptr;
  if (reply != nullptr && gst_structure_has_field(reply, "error"))
    gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr);
  gst_promise_unref(promise);
  if (error == nullptr) return;
  Fail(*static_cast<Peer*>(data), error->message);
  g_error_free(error);
}

void Accept(Peer& peer, const gchar* encoded) {
  gsize size = 0;
  guchar* text = g_base64_decode(encoded, &size);
  GstSDPMessage* sdp = nullptr;
  gst_sdp_message_new(&sdp);
  const bool parsed =
      gst_sdp_message_parse_buffer(text, static_cast<guint>(size), sdp) == GST_SDP_OK;
  g_free(text);
  // The description owns the message from here.
  auto* answer = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, sdp);
  if (parsed) {
    GstPromise* promise = gst_promise_new_with_change_func(OnAnswered, &peer, nullptr);
    g_signal_emit_by_name(peer.webrtc, "set-remote-description", answer, promise);
  } else {
    Fail(peer, "the answer is no SDP");
  }
  gst_webrtc_session_description_free(answer);
}

gboolean OnInput(GIOChannel* input, GIOCondition, gpointer data) {
  auto& peer = *static_cast<Peer*>(data);
  gchar* line = nullptr;
  const bool read =
      g_io_channel_read_line(input, &line, nullptr, nullptr, nullptr) == G_IO_STATUS_NORMAL;
  if (read) {
    Accept(peer, line);
  } else {
    g_main_loop_quit(peer.loop);
  }
  g_free(line);
  return read ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

gboolean OnMessage(GstBus*, GstMessage* message, gpointer data) {
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_ERROR) return G_SOURCE_CONTINUE;
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  Fail(*static_cast<Peer*>(data), error->message);
  g_error_free(error);
  return G_SOURCE_CONTINUE;
}

// Ports of udpsrc elements are theirs to choose: they are known once the pipeline plays.
int PortOf(GstElement* pipeline, const char* name) {
  GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline), name);
  int port = 0;
  g_object_get(source, "port", &port, nullptr);
  gst_object_unref(source);
  return port;
}

bool Build(Peer& peer) {
  const auto source = [](std::string name, std::string caps, std::string ssrc) {
    return " udpsrc name=" + name + " address=127.0.0.1 port=0 caps=\"" + caps + ",ssrc=(uint)" +
           ssrc + "\" ! webrtc.";
  };
  const std::string description = "webrtcbin name=webrtc bundle-policy=max-bundle" +
                                  source("mic", kOpus, "855638017") +
                                  source("cam", kVp8, "855638018");
  peer.pipeline = gst_parse_launch(description.c_str(), nullptr);
  if (peer.pipeline == nullptr) return false;
  peer.webrtc = gst_bin_get_by_name(GST_BIN(peer.pipeline), "webrtc");
  return peer.webrtc != nullptr;
}

void DescribeMedia(GstElement* webrtc) {
  GstCaps* codecs[] = {gst_caps_from_string(kOpus), gst_caps_from_string(kVp8)};
  for (int i = 0; i < 2; ++i) {
    GstWebRTCRTPTransceiver* sender = nullptr;
    g_signal_emit_by_name(webrtc, "get-transceiver", i, &sender);
    g_object_set(sender, "direction", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDONLY,
                 "codec-preferences", codecs[i], nullptr);
    gst_object_unref(sender);
  }
  for (GstCaps* codec : codecs) {
    GstWebRTCRTPTransceiver* slot = nullptr;
    g_signal_emit_by_name(webrtc, "add-transceiver", GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                          codec, &slot);
    gst_object_unref(slot);
    gst_caps_unref(codec);
  }
}

void Listen(Peer& peer) {
  g_signal_connect(peer.webrtc, "notify::ice-gathering-state", G_CALLBACK(OnGathering), &peer);
  g_signal_connect(peer.webrtc, "notify::connection-state", G_CALLBACK(OnConnection), &peer);
  g_signal_connect(peer.webrtc, "pad-added", G_CALLBACK(OnReceived), &peer);
  GstBus* bus = gst_element_get_bus(peer.pipeline);
  gst_bus_add_watch(bus, OnMessage, &peer);
  gst_object_unref(bus);
  GIOChannel* input = g_io_channel_unix_new(0);
  g_io_add_watch(input, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), OnInput, &peer);
  g_io_channel_unref(input);
}

int Run(Peer& peer) {
  if (!Build(peer)) {
    std::fprintf(stderr, "gst_peer: a plugin is missing\n");
    return 1;
  }
  peer.loop = g_main_loop_new(nullptr, FALSE);
  DescribeMedia(peer.webrtc);
  Listen(peer);
  gst_element_set_state(peer.pipeline, GST_STATE_PLAYING);
  Say("ports " + std::to_string(PortOf(peer.pipeline, "mic")) + " " +
      std::to_string(PortOf(peer.pipeline, "cam")));
  GstPromise* promise = gst_promise_new_with_change_func(OnOffer, &peer, nullptr);
  g_signal_emit_by_name(peer.webrtc, "create-offer", nullptr, promise);
  g_main_loop_run(peer.loop);

  gst_element_set_state(peer.pipeline, GST_STATE_NULL);
  gst_object_unref(peer.webrtc);
  gst_object_unref(peer.pipeline);
  g_main_loop_unref(peer.loop);
  return peer.status;
}

int ParsePort(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() ? port : 0;
}

}  // namespace
}  // namespace conclave::interop

int main(int argc, char** argv) {
  conclave::interop::Peer peer;
  if (argc == 3) {
    peer.audio_port = conclave::interop::ParsePort(argv[1]);
    peer.video_port = conclave::interop::ParsePort(argv[2]);
  }
  if (peer.audio_port == 0 || peer.video_port == 0) {
    std::fprintf(stderr, "usage: gst_peer AUDIO_PORT VIDEO_PORT\n");
    return 2;
  }
  gst_init(nullptr, nullptr);
  const int status = conclave::interop::Run(peer);
  // GLib's pool threads never end, and what they hold of OpenSSL its exit handler would free as
  // well.
  std::_Exit(status);
}
