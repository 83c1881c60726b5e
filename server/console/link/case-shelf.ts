import { useCallback, useEffect, useRef, useState } from "react";
import { CaseDetail } from "../../review/api.ts";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "./api.ts";

/** Cases kept in memory: the open one, its neighbours, and what was just decided. */
const SHELF = 12;

export interface OpenCase {
  detail: CaseDetail | null;
  refusal: Refusal | null;
}

const fetchCase = (caseId: string) => ask(CaseDetail, `/api/cases/${encodeURIComponent(caseId)}`);

/** Shows a case at once when it was fetched ahead, and fetches it anew when its version has grown. */
export function useCase(
  caseId: string | null,
  version: number,
  ahead: string | null,
  language: string,
  onExpired: () => void,
) {
  const shelf = useRef(new Map<string, CaseDetail>());
  const [shown, setShown] = useState<OpenCase>({ detail: null, refusal: null });

  const put = useCallback((detail: CaseDetail) => {
    const cases = shelf.current;
    cases.delete(detail.item.caseId);
    cases.set(detail.item.caseId, detail);
    for (const oldest of cases.keys()) {
      if (cases.size <= SHELF) break;
      cases.delete(oldest);
    }
    for (const url of [detail.portrait, detail.chip.portrait, ...detail.prints.map((print) => print.image)])
      if (url !== null) new Image().src = url;
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another language means other words for the same case.
  useEffect(() => {
    shelf.current.clear();
  }, [language]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version and the language say that what is shown is old.
  useEffect(() => {
    if (caseId === null) {
      setShown({ detail: null, refusal: null });
      return;
    }
    let left = false;
    const kept = shelf.current.get(caseId);
    setShown((old) =>
      kept
        ? { detail: kept, refusal: null }
        : old.detail?.item.caseId === caseId
          ? old
          : { detail: null, refusal: null },
    );
    if (kept && kept.item.version >= version) return;
    fetchCase(caseId)
      .then((detail) => {
        put(detail);
        if (!left) setShown({ detail, refusal: null });
      })
      .catch((error: unknown) => {
        const refusal = asRefusal(error);
        if (refusal.code === NOT_SIGNED_IN) onExpired();
        else if (!left) setShown({ detail: null, refusal });
      });
    return () => {
      left = true;
    };
  }, [caseId, version, language, onExpired, put]);

  useEffect(() => {
    if (ahead === null || shown.detail === null || shelf.current.has(ahead)) return;
    fetchCase(ahead)
      .then(put)
      .catch(() => undefined);
  }, [ahead, shown.detail, put]);
  return shown;
}
