/** Breakout rooms as they are shown: loaded when there are some, or somebody wants to open them. */
export { BreakoutBanners } from "./BreakoutBanners.tsx";
export { BreakoutSheet } from "./BreakoutSheet.tsx";
