/** What the pipes need of RTCEncodedVideoFrame and RTCEncodedAudioFrame. */
export interface EncodedFrame {
  data: ArrayBuffer;
  /** Of video. */
  readonly type?: "key" | "delta" | "empty";
  getMetadata(): FrameMetadata;
}

export interface FrameMetadata {
  readonly synchronizationSource?: number;
  readonly mimeType?: string;
  readonly rtpTimestamp?: number;
}
