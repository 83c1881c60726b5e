import { useEffect, useRef, useState } from "react";
import { Found, type QueueItem } from "../../review/api.ts";
import { ask } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";

/** Milliseconds after the last key until the server is asked. */
const PAUSE_MS = 250;

/** Where a case is looked for by number, booth or time. An empty field ends the search. */
export function SearchField({ onFound }: { onFound: (found: readonly QueueItem[] | null) => void }) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  const latest = useRef(0);
  useEffect(() => {
    const mine = ++latest.current;
    if (text.trim() === "") {
      onFound(null);
      return;
    }
    const timer = window.setTimeout(() => {
      const query = new URLSearchParams({ text, zone: String(new Date().getTimezoneOffset()) });
      ask(Found, `/api/search?${query}`).then(
        ({ items }) => {
          if (mine === latest.current) onFound(items);
        },
        // The queue itself says when the server cannot be reached.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, onFound]);
  return (
    <label className="queue-search">
      <span>{t("queue.search")}</span>
      <input
        type="search"
        value={text}
        maxLength={80}
        placeholder={t("queue.searchHint")}
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}
