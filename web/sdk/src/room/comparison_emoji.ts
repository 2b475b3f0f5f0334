/**
 * What the numbers of a comparison stand for (see Comparison): both sides must have the same list.
 * Pictures that nobody takes for another one of them, nor calls by the same word.
 */
export const COMPARISON_EMOJI: readonly string[] = [
  ..."🐶🐱🦁🐴🦄🐷🐘🐰🐼🐔🐧🐢🐟🐙🦋🌷",
  ..."🌳🌵🍄🌍🌙🔥🍌🍎🍓🌽🍕🎂🤖🎩👓🔧",
  ..."🎅👍🌂⌛⏰🎁💡📕🧲📎🧸🔒🔑🔨📞🏁",
  ..."🚂🚲⛵🚀🏆⚽🎸🎺🔔⚓🎧📁📌🧭🧀🥕",
];
