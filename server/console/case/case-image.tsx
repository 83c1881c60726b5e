import { useState } from "react";
import { useTexts } from "../texts/use-texts.ts";
import { Missing } from "./missing.tsx";

/** A picture of the package, or the words that it cannot be shown: a broken image says nothing. */
export function CaseImage({ url, label }: { url: string; label: string }) {
  const { t } = useTexts();
  const [broken, setBroken] = useState<string | null>(null);
  return broken === url ? (
    <Missing icon="alert" text={t("case.noImage")} />
  ) : (
    <img src={url} alt={label} onError={() => setBroken(url)} />
  );
}
