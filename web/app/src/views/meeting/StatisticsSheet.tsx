import type { InboundStats, OutboundStats, RoomStats } from "@conclave/sdk";
import { useState } from "preact/hooks";
import "../../messages/later/english.ts";
import { formatShare } from "../../messages/formats.ts";
import { formatNumber, t } from "../../messages/messages.ts";
import type { Meeting } from "../../state/meeting.ts";
import { carried, isPicture, sent } from "../../state/statistics.ts";
import { Sheet } from "../common/Sheet.tsx";

/** The connection in numbers, once a second. */
export function StatisticsSheet({ meeting }: { meeting: Meeting }) {
  const { statistics } = meeting;
  const stats = statistics.latest.value;
  return (
    <Sheet
      title={t("statistics.title")}
      testId="statistics"
      onClose={() => statistics.setShown(false)}
    >
      <div class="statistics">
        {stats === undefined ? <p>{t("statistics.none")}</p> : <Numbers stats={stats} />}
        <CopyButton meeting={meeting} />
      </div>
    </Sheet>
  );
}

function Numbers({ stats }: { stats: RoomStats }) {
  return (
    <>
      <dl class="statistics-path">
        <dt>{t("statistics.roundTrip")}</dt>
        <dd>{milliseconds(stats.roundTripMs)}</dd>
        <dt>{t("statistics.availableUpload")}</dt>
        <dd>{kbps(stats.availableOutgoingKbps)}</dd>
      </dl>
      <Table title={t("statistics.sent")} rows={sent(stats).map(sentRow)} />
      <Table title={t("statistics.received")} rows={carried(stats).map(receivedRow)} />
    </>
  );
}

interface TableRow {
  readonly key: string;
  readonly source: OutboundStats["source"];
  readonly picture: string;
  readonly rate: string;
  readonly loss: string;
  readonly remark: string;
}

function Table({ title, rows }: { title: string; rows: readonly TableRow[] }) {
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t("statistics.source")}</th>
          <th scope="col">{t("statistics.picture")}</th>
          <th scope="col">{t("statistics.rate")}</th>
          <th scope="col">{t("statistics.loss")}</th>
          <th scope="col">{t("statistics.remark")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{t(`statistics.source.${row.source}`)}</th>
            <td>{row.picture}</td>
            <td>{row.rate}</td>
            <td>{row.loss}</td>
            <td>{row.remark}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const NOTHING = "–";

function sentRow(one: OutboundStats): TableRow {
  const { source, rid, limitedBy } = one;
  const limited = limitedBy === "cpu" || limitedBy === "bandwidth";
  return {
    key: `${source} ${rid}`,
    source,
    picture: pictureOf(one),
    rate: kbps(one.kbps),
    loss: one.lossRatio === undefined ? NOTHING : formatShare(one.lossRatio),
    remark: limited ? t(`statistics.limited.${limitedBy}`) : NOTHING,
  };
}

function receivedRow(one: InboundStats): TableRow {
  const source = one.source ?? "camera";
  const remark = isPicture(source)
    ? t("statistics.freezes", { count: one.freezeCount })
    : t("statistics.madeUp", { share: formatShare(one.concealedRatio) });
  const rest = { rate: kbps(one.kbps), loss: formatShare(one.lossRatio), remark };
  return { key: `${one.trackId} ${source}`, source, picture: pictureOf(one), ...rest };
}

function pictureOf(one: InboundStats | OutboundStats): string {
  if (!isPicture(one.source) || one.height === 0) return NOTHING;
  return `${one.width}×${one.height}, ${Math.round(one.framesPerSecond)}\u00a0fps`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? NOTHING : `${formatNumber(Math.round(value))}\u00a0ms`;
}

function kbps(value: number | undefined): string {
  return value === undefined ? NOTHING : `${formatNumber(Math.round(value))}\u00a0kbps`;
}

function CopyButton({ meeting }: { meeting: Meeting }) {
  const [copied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="button wide"
      data-testid="statistics-copy"
      onClick={() => void meeting.copyReport().then(setCopied)}
    >
      {t(copied ? "statistics.copied" : "statistics.copy")}
    </button>
  );
}
