/** The SDK's only export: what is not here is not public. */
export { listDevices, onDevicesChanged, openCamera, openMicrophone } from "./browser/devices.ts";
export { forgetLastingKey } from "./browser/lasting_key.ts";
export { forgetPass } from "./browser/pass_store.ts";
export { isSupported } from "./browser/platform.ts";
export { captureScreen } from "./browser/screen.ts";
export { trustedScriptUrl } from "./browser/trusted_types.ts";
export { type ShownOptions, VisibleTracks } from "./browser/visible_tracks.ts";
export { COMPARISON_EMOJI } from "./room/comparison_emoji.ts";
export { join, look } from "./room/join.ts";
export { prepare } from "./room/prepare.ts";
export * from "./room/types.ts";
export { DISPLAY_NAME_CHARACTERS_MAX, normalizeDisplayName } from "./session/profile.ts";
export { mayChangeRole, mayModerate, moderates } from "./session/roles.ts";
