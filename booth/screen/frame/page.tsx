import { type ReactNode, useEffect, useRef } from "react";
import type { Problem } from "../../api/messages.ts";
import { useSpokenPage } from "../voice/use-voice.ts";
import { ProblemNote } from "./problem-note.tsx";

export interface PageProps {
  /** Changes when the person has something new to do: the focus then goes to the title. */
  id: string;
  title: string;
  /** One sentence. */
  lead?: ReactNode;
  /** The sentence is said aloud as it changes. */
  live?: boolean;
  /** A drawing or a live picture; null gives the whole width to the content. */
  picture?: ReactNode;
  /** How much room the picture gets. */
  pictureSize?: "normal" | "large";
  /** Beside the title, where the width allows. */
  aside?: ReactNode;
  problem?: Problem | null;
  children?: ReactNode;
  /** The controls of this page: at most two beside the primary one. */
  actions?: ReactNode;
}

/** One thing per page: a picture that shows it, a title that says it, what is needed for it, and its controls below. */
export function Page({
  id,
  title,
  lead,
  live,
  picture,
  pictureSize = "normal",
  aside,
  problem,
  children,
  actions,
}: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (shown.current !== id) heading.current?.focus({ preventScroll: true });
    shown.current = id;
  }, [id]);
  // A lead that is more than words (a link, a code) is for the eyes.
  useSpokenPage(
    id,
    problem ? [title, problem.cause, problem.next] : [title, typeof lead === "string" ? lead : undefined],
  );
  return (
    <>
      <main className="page" data-picture={picture ? pictureSize : "none"} data-page={id}>
        {picture && <div className="page-picture">{picture}</div>}
        <div className="page-talk">
          <div className="page-head">
            <div className="page-words">
              <h1 ref={heading} tabIndex={-1}>
                {title}
              </h1>
              {problem ? (
                <ProblemNote problem={problem} />
              ) : (
                lead !== undefined && (
                  <p className="page-lead" aria-live={live ? "polite" : undefined}>
                    {lead}
                  </p>
                )
              )}
            </div>
            {aside}
          </div>
          {children}
        </div>
      </main>
      <div className="page-actions">{actions}</div>
    </>
  );
}
