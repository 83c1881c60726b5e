/** Makes one applicant in a thread of its own and says so. Started by `applicant-maker.ts`. */
import { parentPort, workerData } from "node:worker_threads";
import type { ApplicantOrder } from "./applicant-maker.ts";
import { makeApplicant } from "./person-folder.ts";

const { seed, scenario, folder } = workerData as ApplicantOrder;
parentPort?.postMessage(await makeApplicant(seed, scenario, folder));
