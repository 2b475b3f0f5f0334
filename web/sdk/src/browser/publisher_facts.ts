import type { PublisherFacts } from "../session/codec_plan.ts";

/** lib.dom.d.ts has neither: both are Chromium's. */
interface ChromiumNavigator {
  readonly getBattery?: () => Promise<{ readonly charging: boolean; onchargingchange: unknown }>;
  readonly userAgentData?: { readonly mobile: boolean };
}

/** From here on setParameters takes `encodings[].codec`; those before ignore it without a word. */
const SWITCHES_FROM = 126;

/** Of this browser. What it is asked for may come a moment later, and may change. */
export function publisherFacts(): () => PublisherFacts {
  const { getBattery, userAgentData } = navigator as Navigator & ChromiumNavigator;
  let onBattery = false;
  getBattery?.call(navigator).then(
    (battery) => {
      const note = () => {
        onBattery = !battery.charging;
      };
      battery.onchargingchange = note;
      note();
    },
    () => undefined,
  );
  const version = Number(/Chrome\/(\d+)/.exec(navigator.userAgent)?.[1] ?? 0);
  const encodes = (RTCRtpSender.getCapabilities("video")?.codecs ?? []).map(({ mimeType }) =>
    mimeType.replace("video/", "").toLowerCase(),
  );
  return () => ({
    switchesCodec: version >= SWITCHES_FROM,
    mobile: userAgentData?.mobile ?? /Mobile|Android/.test(navigator.userAgent),
    cores: navigator.hardwareConcurrency ?? 0,
    onBattery,
    encodes,
  });
}
