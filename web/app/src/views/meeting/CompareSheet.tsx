import "../../messages/later/english.ts";
import { t } from "../../messages/messages.ts";
import type { ShownComparison, Verification } from "../../state/verification.ts";
import { Icon } from "../common/Icon.tsx";
import { Sheet } from "../common/Sheet.tsx";

/** What there is of comparing with somebody: being asked, and the comparison itself. */
export function CompareSheet({ verification }: { verification: Verification }) {
  const { asking, comparison } = verification;
  return (
    <>
      {asking.value && <AskBanner verification={verification} name={asking.value.name} />}
      {comparison.value && <Comparison verification={verification} comparison={comparison.value} />}
    </>
  );
}

/** A question that can be left alone. */
function AskBanner({ verification, name }: { verification: Verification; name: string }) {
  return (
    <div class="banner" data-testid="compare-asked" role="status">
      <Icon name="locked" />
      <p>{t("verify.asking", { name })}</p>
      <button
        type="button"
        class="button small primary"
        data-testid="compare-accept"
        onClick={() => verification.answer(true)}
      >
        {t("verify.compare")}
      </button>
      <button
        type="button"
        class="button small quiet"
        data-testid="compare-decline"
        onClick={() => verification.answer(false)}
      >
        {t("verify.decline")}
      </button>
    </div>
  );
}

function Comparison(props: {
  readonly verification: Verification;
  readonly comparison: ShownComparison;
}) {
  const { verification, comparison } = props;
  const { name } = comparison;
  return (
    <Sheet
      title={t("verify.compareWith", { name })}
      testId="compare-sheet"
      onClose={verification.close}
    >
      <div class="compare" data-step={comparison.step.type}>
        <Step {...props} />
      </div>
    </Sheet>
  );
}

function Step({
  verification,
  comparison: { person, name, step },
}: Parameters<typeof Comparison>[0]) {
  switch (step.type) {
    case "waiting":
      return (
        <p role="status">
          <span class="spinner" aria-hidden="true" />
          {t("verify.waiting", { name })}
        </p>
      );
    case "shown":
      return (
        <>
          <ol class="compare-emoji" data-testid="compare-emoji">
            {step.emoji.map((one, place) => (
              <li key={place}>{one}</li>
            ))}
          </ol>
          <p class="compare-digits">{step.digits}</p>
          <p>{t("verify.shown", { name })}</p>
          <Conclusion verification={verification} />
        </>
      );
    case "different":
      return (
        <p role="alert" data-tone="problem">
          {t("verify.different", { name })}
        </p>
      );
    case "over":
      return (
        <>
          <p role="status">{t(`verify.over.${step.why}`, { name })}</p>
          {step.why !== "gone" && (
            <button type="button" class="button wide" onClick={() => verification.compare(person)}>
              {t("verify.again")}
            </button>
          )}
        </>
      );
  }
}

function Conclusion({ verification }: { verification: Verification }) {
  return (
    <div class="compare-answers">
      <button
        type="button"
        class="button primary wide"
        data-testid="compare-same"
        onClick={() => verification.conclude(true)}
      >
        {t("verify.same")}
      </button>
      <button
        type="button"
        class="button wide"
        data-testid="compare-differ"
        onClick={() => verification.conclude(false)}
      >
        {t("verify.differ")}
      </button>
    </div>
  );
}
