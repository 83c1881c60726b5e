/** The record of what the authority's door refuses. What would be lost: a thief's try; or, to a flood, the disk and the log. */
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { RefusalLog, refusalLimits } from "../../../server/pki/refusal-log.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

let here: PkiInstallation;
beforeAll(async () => {
  here = await makePkiInstallation();
});
afterAll(() => here.remove());

it("tells the first and every tenfold of an address and a cause, so many an hour, and then begins anew", () => {
  const { register } = here.pki.office;
  const log = new RefusalLog(here.pki.office, here.clock);
  const from = (remoteAddress: string) =>
    ({
      url: "/.well-known/est/booths/simpleenroll?x",
      socket: { remoteAddress, getPeerCertificate: () => ({}) },
    }) as unknown as IncomingMessage;
  const entries = () => register.eventsAfter(0).filter(({ kind }) => kind.startsWith("request.turned-away"));
  for (let at = 0; at < 150; at++) log.note(from("192.0.2.7"), new KabinaError("request/no-possession"));
  log.note(from("192.0.2.7"), new KabinaError("request/name-taken", { name: "booth-1" }));
  expect(entries().map(({ subject, data }) => [subject, data.code, data.operation, data.count, data.name])).toEqual([
    ["192.0.2.7", "request/no-possession", "booths/simpleenroll", 1, null],
    ["192.0.2.7", "request/no-possession", "booths/simpleenroll", 10, null],
    ["192.0.2.7", "request/no-possession", "booths/simpleenroll", 100, null],
    ["192.0.2.7", "request/name-taken", "booths/simpleenroll", 1, "booth-1"],
  ]);
  for (let at = 0; at < 2 * refusalLimits.entries; at++)
    log.note(from(`2001:db8::${at}`), new KabinaError("request/malformed", { reason: "not base64" }));
  expect(entries()).toHaveLength(refusalLimits.entries + 1);
  expect(entries().at(-1)?.kind).toBe("request.turned-away-many");
  here.clock.aheadMs += refusalLimits.forgottenMs;
  log.note(from("192.0.2.7"), new KabinaError("request/no-possession"));
  expect(entries().at(-1)).toMatchObject({ kind: "request.turned-away", data: { count: 1 } });
});
