/** GStreamer's webrtcbin, as Debian ships it, and libdatachannel in one room. */
import { webrtcbinPeer } from "./lib/gstreamer.ts";
import { describePair } from "./lib/pair.ts";
import { endStacks, libdatachannelPeer } from "./lib/peers.ts";

describePair([webrtcbinPeer, async () => libdatachannelPeer()], endStacks);
