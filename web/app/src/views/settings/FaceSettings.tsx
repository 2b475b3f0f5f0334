import { useRef, useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import { faceOf, faceToText } from "../../platform/faces.ts";
import type { Settings } from "../../state/settings.ts";

/** The picture that others see where this person's camera is off. */
export function FaceSettings({ settings }: { settings: Settings }) {
  const chooser = useRef<HTMLInputElement>(null);
  const [failed, setFailed] = useState(false);
  const face = settings.face.value;
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    const bytes = await faceOf(file);
    setFailed(bytes === undefined);
    if (bytes !== undefined) settings.setFace(faceToText(bytes));
  };
  return (
    <div class="face-settings">
      {face !== "" && (
        <span class="avatar">
          <img src={`data:image/jpeg;base64,${face}`} alt={t("avatar.title")} />
        </span>
      )}
      <button
        type="button"
        class="button small"
        data-testid="face-choose"
        onClick={() => chooser.current?.click()}
      >
        {t("avatar.choose")}
      </button>
      {face !== "" && (
        <button
          type="button"
          class="button small"
          data-testid="face-remove"
          onClick={() => settings.setFace("")}
        >
          {t("avatar.remove")}
        </button>
      )}
      <input
        ref={chooser}
        type="file"
        accept="image/*"
        hidden
        data-testid="face-file"
        onChange={({ currentTarget }) => {
          void choose(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      <p class="field-error" role="status">
        {failed && t("avatar.unreadable")}
      </p>
    </div>
  );
}
