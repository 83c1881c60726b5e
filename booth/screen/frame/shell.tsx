import type { ReactNode } from "react";
import mark from "../../../design/mark.svg?no-inline";
import { useTexts } from "../texts/use-texts.ts";

interface ShellProps {
  children: ReactNode;
  /** The state of the booth that is drawn, by its number: whoever looks from outside can tell old from new. */
  sequence?: number;
  /** Where the person stands. */
  path?: ReactNode;
  /** Help, language, leave: the same place on every page. */
  controls?: ReactNode;
}

/** What every page has around it: whose booth this is above, the controls within reach below. */
export function Shell({ children, sequence, path, controls }: ShellProps) {
  const { t } = useTexts();
  return (
    <div className="shell" data-state={sequence}>
      <header className="masthead">
        <p className="brand">
          <img src={mark} alt="" />
          <span>{t("brand")}</span>
        </p>
        {path}
      </header>
      {children}
      {controls && <div className="controls">{controls}</div>}
    </div>
  );
}
