/**
 * The few things that no API can say. Everything else about a session is set on transceivers.
 */

/**
 * The answer with discontinuous transmission (RFC 7587 section 6.1) for every Opus that the client
 * sends: an encoder follows what the other end says it wants, and silence need not be sent.
 */
export function withOpusDtx(answer: string): string {
  const opus = new Set(
    [...answer.matchAll(/^a=rtpmap:(\d+) opus\/48000/gim)].map((match) => match[1]),
  );
  return answer.replace(
    /^a=fmtp:(\d+) (.*?)(\r?)$/gm,
    (line, type: string, parameters: string, end) =>
      opus.has(type) && !/\busedtx=/.test(parameters)
        ? `a=fmtp:${type} ${parameters};usedtx=1${end}`
        : line,
  );
}

/**
 * The answer with a rate at which the sender of video begins. Chromium reads it from the first codec
 * of each section that it sends (measured in 156); others ignore the parameter.
 */
export function withStartBitrate(answer: string, kbps: number): string {
  const hint = `x-google-start-bitrate=${kbps}`;
  return answer
    .split(/^(?=m=)/m)
    .map((section) => {
      const type = /^m=video \d+ \S+ (\d+)/.exec(section)?.[1];
      if (type === undefined || !/^a=recvonly\r?$/m.test(section)) return section;
      const parameters = new RegExp(`^(a=fmtp:${type} .*?)(\r?)$`, "m");
      if (parameters.test(section)) return section.replace(parameters, `$1;${hint}$2`);
      const name = new RegExp(`^(a=rtpmap:${type} .*?(\r?))$`, "m");
      return section.replace(name, `$1\na=fmtp:${type} ${hint}$2`);
    })
    .join("");
}
