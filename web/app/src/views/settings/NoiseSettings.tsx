import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import { type Effects, NOISE_MODES } from "../../state/effects.ts";
import { Choice } from "../common/Choice.tsx";

/** What takes noise out of this person's sound. */
export function NoiseSettings({ effects }: { effects: Effects }) {
  const can = effects.canSuppressNoise;
  return (
    <>
      <Choice
        title={t("effects.noise")}
        titleHidden
        name="settings-noise"
        values={NOISE_MODES.filter((mode) => mode !== "strong" || can)}
        chosen={effects.noise.value}
        textOf={(mode) => t(`effects.noise.${mode}`)}
        onChoose={(mode) => void effects.setNoise(mode)}
      />
      {!can && <p class="settings-text">{t("effects.noiseUnsupported")}</p>}
    </>
  );
}
