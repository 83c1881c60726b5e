import type { ViewOf } from "../../api/messages.ts";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { ChipMark } from "../pictures/chip-mark.tsx";
import { type DocumentPhase, PassportPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { type ChipTrouble, chipTrouble } from "./chip-trouble.ts";
import type { StepProps } from "./step.ts";

type Phase = "place" | "reading" | "done" | "failed";
const PICTURES: Record<Phase, DocumentPhase> = {
  place: "place",
  reading: "reading",
  done: "remove",
  failed: "trouble",
};

/** The document on the reader: which one and where, how far it is read, and what to do when it is not. */
export function ChipPage({ state, view, send, can, canRedo, onSkip }: StepProps<"document"> & { onSkip: () => void }) {
  const { t } = useTexts();
  const phase: Phase = view.phase === "mrz" || view.phase === "scanning" ? "place" : view.phase;
  const trouble = chipTrouble(state.problem);
  const skipped = phase === "done" && view.skipped !== null;
  const isWrongLines = phase === "failed" && trouble === "lines";
  const problem =
    state.problem === null || trouble === null
      ? state.problem
      : {
          ...state.problem,
          cause: t(`document.trouble.${trouble}.cause`),
          next: t(`document.trouble.${trouble}.next`),
        };
  return (
    <Page
      id={`document-${phase}${trouble === null ? "" : `-${trouble}`}`}
      title={titleOf(t, phase, trouble, skipped)}
      lead={skipped ? t("document.skippedLead") : t(`document.${phase}Lead`)}
      picture={<PassportPicture phase={trouble === "not-passport" ? "trouble" : PICTURES[phase]} />}
      problem={problem}
      actions={
        <>
          {isWrongLines || (can("back") && <BackButton can={can} send={send} />)}
          {!can("back") && canRedo("document") && (
            <Button icon="keyboard" onPress={() => send({ type: "redo", what: "document" })}>
              {t("document.retype")}
            </Button>
          )}
          {can("document.skip") && phase !== "done" && (
            <Button onPress={onSkip} name="chip-skip">
              {t("document.skip")}
            </Button>
          )}
          {phase === "failed" && !isWrongLines && can("retry") && (
            <Button kind="primary" icon="retake" onPress={() => send({ type: "retry" })} name="retry">
              {t("action.retry")}
            </Button>
          )}
          {isWrongLines && can("back") && (
            <Button kind="primary" icon="keyboard" onPress={() => send({ type: "back" })} name="check-lines">
              {t("document.checkLines")}
            </Button>
          )}
          {phase === "done" && (
            <Button
              kind="primary"
              iconAfter="arrow-right"
              disabled={!can("document.accept")}
              onPress={() => send({ type: "document.accept" })}
              name="document-accept"
            >
              {t("action.continue")}
            </Button>
          )}
        </>
      }
    >
      {phase === "place" && trouble === null && <WhatToLay />}
      {(phase === "reading" || trouble === "removed") && <HowFar groups={view.groups} />}
      {phase === "done" && !skipped && <WhatWasRead view={view} />}
      {phase === "failed" && state.problem && (
        <p className="for-staff">{t("document.forStaff", { code: state.problem.code })}</p>
      )}
    </Page>
  );
}

type Say = ReturnType<typeof useTexts>["t"];

function titleOf(t: Say, phase: Phase, trouble: ChipTrouble | null, skipped: boolean): string {
  if (skipped) return t("document.skippedTitle");
  return trouble === null ? t(`document.${phase}Title`) : t(`document.trouble.${trouble}.title`);
}

/** Which document, and how. */
function WhatToLay() {
  const { t } = useTexts();
  return (
    <ul className="what-to-lay">
      <li>
        <ChipMark />
        <span>{t("document.which")}</span>
      </li>
      <li>
        <Icon name="passport" />
        <span>{t("document.coverOff")}</span>
      </li>
      <li>
        <Icon name="cross" />
        <span>{t("document.nothingElse")}</span>
      </li>
    </ul>
  );
}

type Groups = ViewOf<"document">["groups"];
const shareOf = ({ state, progress }: Groups[number]) => (state === "done" ? 1 : progress);

/** One bar for the eyes at arm's length; below, what it is made of. */
function HowFar({ groups }: { groups: Groups }) {
  const { t } = useTexts();
  const share = groups.reduce((sum, group) => sum + shareOf(group), 0) / Math.max(1, groups.length);
  return (
    <div className="how-far">
      <p className="how-far-bar">
        <progress max={1} value={share} aria-label={t("document.readingTitle")} />
        <strong>{t("document.percent", { percent: Math.round(100 * share) })}</strong>
      </p>
      <GroupList groups={groups} />
    </div>
  );
}

function GroupList({ groups }: { groups: Groups }) {
  const { t } = useTexts();
  return (
    <ul className="groups">
      {groups.map(({ name, state }) => (
        <li key={name} data-state={state}>
          <Icon name={state === "done" ? "check" : state === "reading" ? "arrow-right" : "dash"} />
          <span>{t(`document.groups.${name}`)}</span>
          <span className="unseen">{t(`document.groupStates.${state}`)}</span>
        </li>
      ))}
    </ul>
  );
}

function WhatWasRead({ view }: { view: ViewOf<"document"> }) {
  const { t } = useTexts();
  return (
    <>
      {view.doubt && (
        <div className="doubt" role="status">
          <Icon name="alert" />
          <p>{t("document.doubt")}</p>
        </div>
      )}
      <GroupList groups={view.groups} />
    </>
  );
}
