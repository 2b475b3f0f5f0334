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
