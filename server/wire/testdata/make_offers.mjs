// Writes the offers of the installed browsers beside this file: `node make_offers.mjs` in a checkout
// where `npm ci` has run. Addresses of the machine are replaced by those of documentation (RFC 5737).
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, firefox } from "playwright-core";

const chromiumArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Runs in the page: microphone, simulcast camera, screen, screen audio, then the receive slots with
// their codecs trimmed, as the SDK offers them.
async function makeOffer() {
  const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  const send = (kind, sendEncodings) => {
    const options = { direction: "sendonly", streams: [new MediaStream()] };
    peer.addTransceiver(kind, sendEncodings ? { ...options, sendEncodings } : options);
  };
  send("audio");
  send("video", [
    { rid: "q", scaleResolutionDownBy: 4 },
    { rid: "h", scaleResolutionDownBy: 2 },
    { rid: "f" },
  ]);
  send("video");
  send("audio");
  const receive = (kind, wanted) => {
    const codecs = RTCRtpReceiver.getCapabilities(kind).codecs;
    const transceiver = peer.addTransceiver(kind, { direction: "recvonly" });
    transceiver.setCodecPreferences(codecs.filter((codec) => wanted.includes(codec.mimeType)));
  };
  for (let i = 0; i < 4; ++i) receive("audio", ["audio/opus"]);
  for (let i = 0; i < 8; ++i) receive("video", ["video/VP8", "video/rtx"]);
  await peer.setLocalDescription();
  await new Promise((resolve) => {
    const done = () => peer.iceGatheringState === "complete" && resolve();
    peer.onicegatheringstatechange = done;
    done();
  });
  const sdp = peer.localDescription.sdp;
  peer.close();
  return sdp;
}

function withoutAddresses(sdp) {
  return sdp
    .replace(/^(a=candidate:(?:\S+ ){4})\d+\.\d+\.\d+\.\d+ /gm, "$1192.0.2.1 ")
    .replace(/^(a=candidate:(?:\S+ ){4})[0-9a-f]*:[0-9a-f:]+ /gim, "$12001:db8::1 ")
    .replace(/^c=IN IP4 (?!0\.0\.0\.0).*$/gm, "c=IN IP4 192.0.2.1\r")
    .replace(/\r\r/g, "\r");
}

async function write(name, type, options) {
  const profile = mkdtempSync(join(tmpdir(), "offers-"));
  const context = await type.launchPersistentContext(profile, { headless: true, ...options });
  const page = await context.newPage();
  const sdp = await page.evaluate(makeOffer);
  await context.close();
  writeFileSync(new URL(`${name}_offer.sdp`, import.meta.url), withoutAddresses(sdp));
}

await write("chromium", chromium, {
  executablePath: "/usr/bin/chromium",
  args: chromiumArguments,
});
await write("firefox", firefox, {
  executablePath: "/usr/bin/firefox-esr",
  channel: "moz-firefox",
});
