import "../../messages/later/english.ts";
import { useEffect, useState } from "preact/hooks";
import { formatBytes, formatTime } from "../../messages/formats.ts";
import { type MessageKey, t } from "../../messages/messages.ts";
import { previewOf } from "../../platform/picturePreview.ts";
import type { FileState, Files, SharedFile } from "../../state/files/files.ts";
import { Icon } from "../common/Icon.tsx";

/** A file among what people write: what it is called, how large, from whom, and what one can do. */
export function FileCard({ files, file }: { files: Files; file: SharedFile }) {
  const { offer, isLocal, privateWith, at, state } = file;
  const name = file.name || t("person.guest");
  return (
    <article class="file-card" data-testid="file-card" data-state={state.type}>
      <header>
        <strong>{isLocal ? t("tile.you") : name}</strong>
        {privateWith && (
          <span class="chat-private" data-testid="file-private">
            <Icon name="locked" />
            {isLocal
              ? t("chat.privateTo", { name: privateWith.name || t("person.guest") })
              : t("chat.privateToYou")}
          </span>
        )}
        <time dateTime={new Date(at).toISOString()}>{formatTime(at)}</time>
      </header>
      <p class="file-name">
        <Icon name="file" />
        <bdi data-testid="file-name">{offer.name}</bdi>
        <small>{formatBytes(offer.size)}</small>
      </p>
      {state.type === "here" && <Preview content={state.content} name={offer.name} />}
      <div class="file-state">
        <Progress state={state} name={offer.name} />
        <Act files={files} file={file} />
      </div>
    </article>
  );
}

/** Of a picture that this person has fetched. */
function Preview({ content, name }: { content: Blob; name: string }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = previewOf(content);
    let isGone = false;
    void made.then((shown) => !isGone && setUrl(shown));
    return () => {
      isGone = true;
      void made.then((shown) => shown && URL.revokeObjectURL(shown));
    };
  }, [content]);
  return url ? <img class="file-preview" src={url} alt={name} data-testid="file-preview" /> : null;
}

function Progress({ state, name }: { state: FileState; name: string }) {
  if (state.type === "coming") {
    return <progress max={1} value={state.share} aria-label={t("file.coming", { name })} />;
  }
  return <small role="status">{t(textOf(state))}</small>;
}

function textOf(state: Exclude<FileState, { type: "coming" }>): MessageKey {
  return state.type === "failed" ? `file.${state.why}` : `file.${state.type}`;
}

function Act({ files, file: { key, offer, state } }: { files: Files; file: SharedFile }) {
  const { name } = offer;
  switch (state.type) {
    case "offered":
      return <Button id="get" name={name} onPress={() => files.fetch(key)} />;
    case "failed":
      return <Button id="again" name={name} onPress={() => files.fetch(key)} />;
    case "waiting":
    case "coming":
      return <Button id="cancel" name={name} onPress={() => files.cancel(key)} />;
    case "here":
      return <Button id="save" name={name} onPress={() => files.save(key)} />;
    case "given":
      return <Button id="withdraw" name={name} onPress={() => files.withdraw(key)} />;
    case "gone":
      return null;
  }
}

function Button(props: {
  readonly id: "get" | "again" | "cancel" | "save" | "withdraw";
  readonly name: string;
  readonly onPress: () => void;
}) {
  const text = t(`file.act.${props.id}`);
  return (
    <button
      type="button"
      class="button small"
      data-testid={`file-${props.id}`}
      aria-label={`${text}: ${props.name}`}
      onClick={props.onPress}
    >
      {text}
    </button>
  );
}
