import type { Problem } from "../../api/messages.ts";
import { useTexts } from "../texts/use-texts.ts";
import { Icon } from "./icon.tsx";

/** What went wrong and what to do, in the booth's own words. */
export function ProblemNote({ problem }: { problem: Problem }) {
  const { t } = useTexts();
  return (
    <div className="problem" role="alert">
      <Icon name="alert" />
      <div>
        <p className="problem-cause">{problem.cause}</p>
        <p>{problem.next}</p>
        {problem.waiting && <p className="problem-waiting">{t("trouble.waiting")}</p>}
      </div>
    </div>
  );
}
