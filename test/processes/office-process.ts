/**
 * An authority's office that dies while booths renew.
 *
 *     node dist/test/processes/office-process.js DATA POINT
 *
 * Renews what `DATA/renewals.json` lists, all at once, and ends itself by SIGKILL at the point. Should it come through, it prints what it told.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { openPki } from "../../server/pki/pki.ts";
import { type DyingPoint, LATER_MS, type Renewal } from "../server/pki/renewals.ts";

const [, , data = "", point] = process.argv as [string, string, string, DyingPoint];
const clock = { now: () => new Date(systemClock.now().getTime() + LATER_MS), monotonic: systemClock.monotonic };
const { office } = (await openPki(data, {}, { clock, random: systemRandom }))!;
const renewals = JSON.parse(await readFile(join(data, "renewals.json"), "utf8")) as Renewal[];

/** Ends the process after a method of `owner` has done its work so many times. */
function dieAfter<T extends object>(owner: T, method: keyof T & string, times: number): void {
  const real = owner[method] as (...args: unknown[]) => unknown;
  let left = times;
  const count = <V>(value: V): V => {
    if (--left === 0) process.kill(process.pid, "SIGKILL");
    return value;
  };
  const dying = (...args: unknown[]) => {
    const value = real.apply(owner, args);
    return value instanceof Promise ? value.then(count) : count(value);
  };
  Object.defineProperty(owner, method, { value: dying });
}

const half = renewals.length >> 1;
if (point === "signed") dieAfter(office.authority, "issue", renewals.length);
if (point === "entered") dieAfter(office.register, "addCertificate", half);
if (point === "noted") dieAfter(office.register, "addEvent", renewals.length);
if (point === "durable") dieAfter(office.register, "changeTogether", 1);
console.log("ready");
const told = await Promise.all(
  renewals.map(({ held, request }) =>
    office.renew(new Certificate(Buffer.from(held, "base64")), Buffer.from(request, "base64"), "booths"),
  ),
);
console.log(JSON.stringify(told.map(([leaf]) => leaf?.serialHex)));
