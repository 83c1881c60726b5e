import { useId, useState } from "react";
import { useTexts } from "../texts/use-texts.ts";
import { Icon } from "./icon.tsx";

interface FileFieldProps {
  /** What the file is, for those who do not see the page. */
  label: string;
  accept: string;
  name: string;
  describedBy?: string;
  onFile: (file: File) => void;
}

/** Choosing a file, in the page's own language: the browser's button speaks the browser's. */
export function FileField({ label, accept, name, describedBy, onFile }: FileFieldProps) {
  const { t } = useTexts();
  const [chosen, setChosen] = useState("");
  const id = useId();
  return (
    <span className="file-field">
      <input
        id={id}
        className="unseen"
        type="file"
        accept={accept}
        data-name={name}
        aria-label={label}
        aria-describedby={describedBy}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be given again after a refusal.
          event.target.value = "";
          if (!file) return;
          setChosen(file.name);
          onFile(file);
        }}
      />
      <label htmlFor={id} className="action">
        <Icon name="slip" />
        <span>{t("file.choose")}</span>
      </label>
      <span className="soft">{chosen === "" ? t("file.none") : chosen}</span>
    </span>
  );
}
