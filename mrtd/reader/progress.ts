import type { FileName } from "../lds/file.ts";

/** How far a read is: for the progress bar of the kiosk. */
export interface ReadProgress {
  readonly step: "access" | "files" | "proof";
  /** The file being read; absent outside the step `files`. */
  readonly file?: FileName;
  readonly bytesRead: number;
  /** Bytes known so far to be needed; grows as files are opened. */
  readonly bytesTotal: number;
}

/** Counts bytes over all files and reports them. */
export function progressReporter(onProgress: (progress: ReadProgress) => void = () => {}) {
  const known = new Map<FileName, { have: number; total: number }>();
  const sum = (field: "have" | "total") => [...known.values()].reduce((all, one) => all + one[field], 0);
  const report = (step: ReadProgress["step"], file?: FileName) =>
    onProgress({ step, bytesRead: sum("have"), bytesTotal: sum("total"), ...(file === undefined ? {} : { file }) });
  return {
    access: () => report("access"),
    proof: () => report("proof"),
    bytes: (file: FileName, have: number, total: number) => {
      known.set(file, { have, total });
      report("files", file);
    },
  };
}
