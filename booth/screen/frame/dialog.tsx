import { type ReactNode, useEffect, useId, useRef } from "react";
import { useSpokenPage } from "../voice/use-voice.ts";

interface DialogProps {
  title: string;
  children: ReactNode;
  actions: ReactNode;
  /** Escape. */
  onCancel: () => void;
  alert?: boolean;
}

/** A question over the page: the browser keeps the focus inside it and everything behind it out of reach. */
export function Dialog({ title, children, actions, onCancel, alert }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const bodyId = useId();
  useSpokenPage(title, [title]);
  useEffect(() => {
    const dialog = element.current;
    if (dialog && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      role={alert ? "alertdialog" : undefined}
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div id={bodyId} className="dialog-body">
        {children}
      </div>
      <div className="dialog-actions">{actions}</div>
    </dialog>
  );
}
