import { useEffect, useState } from "react";
import { BoothStatus } from "../../api/messages.ts";

/** Milliseconds between two looks at the booth. */
const EVERY_MS = 3000;

export interface StatusFeed {
  status: BoothStatus | null;
  /** The booth did not answer the last time. */
  stale: boolean;
}

/** `GET /api/status`, again and again; the last answer stays while the booth is silent. */
export function useBoothStatus(language: string): StatusFeed {
  const [feed, setFeed] = useState<StatusFeed>({ status: null, stale: false });
  useEffect(() => {
    let timer: number | undefined;
    const stop = new AbortController();
    const look = async () => {
      try {
        const answer = await fetch("/api/status", {
          headers: { "accept-language": language },
          signal: AbortSignal.any([stop.signal, AbortSignal.timeout(EVERY_MS * 2)]),
        });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        const status = BoothStatus.parse(await answer.json());
        setFeed({ status, stale: false });
      } catch {
        if (!stop.signal.aborted) setFeed((old) => ({ ...old, stale: true }));
      }
      if (!stop.signal.aborted) timer = window.setTimeout(look, EVERY_MS);
    };
    void look();
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [language]);
  return feed;
}
