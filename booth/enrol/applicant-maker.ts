/** Applicants made ahead, in a thread: the next person's face and fingers are painted while the present one enrols. */
import { Worker } from "node:worker_threads";
import type { Applicant } from "./applicant.ts";
import type { Scenario } from "./scenario.ts";

export interface ApplicantOrder {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly folder: string;
}

/** Threads are started by file, and Node runs no TypeScript: from the sources, the built file is taken. */
const threadFile = new URL(
  import.meta.url.endsWith(".ts") ? "../../dist/booth/enrol/applicant-thread.js" : "./applicant-thread.js",
  import.meta.url,
);

/** Makes the person's folder and gives the applicant. Rejects with what the making threw. */
export function orderApplicant(order: ApplicantOrder): Promise<Applicant> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadFile, { workerData: order });
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread that makes an applicant ended without one")));
  });
}
