/** Changes of one turn share a commit. What would be lost: a booth that is told of a certificate which is not on the disk. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { Register } from "../../../server/register/register.ts";

let folder: string;
let register: Register;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-register-"));
  register = new Register(join(folder, "register.sqlite"));
});
afterEach(async () => {
  register.close();
  await rm(folder, { recursive: true });
});

const note = (subject: string) => () =>
  register.addEvent({ at: "2026-11-21T12:00:00Z", by: "server", kind: "test", subject, data: {} });
/** What another process would see. */
const elsewhere = () => {
  const other = new Register(join(folder, "register.sqlite"));
  const found = other.eventsAfter(0).map(({ subject }) => subject);
  other.close();
  return found;
};

test("each is durable when it resolves; one that throws is undone alone", async () => {
  const before = register.version();
  const failing = () => {
    note("undone")();
    throw new Error("no");
  };
  const [first, second, third] = await Promise.allSettled([
    register.changeTogether(note("first")).then(elsewhere),
    register.changeTogether(failing),
    register.changeTogether(note("third")),
  ]);
  expect(first).toEqual({ status: "fulfilled", value: ["first", "third"] });
  expect(second).toMatchObject({ status: "rejected", reason: { message: "no" } });
  expect(third.status).toBe("fulfilled");
  expect(register.version()).not.toBe(before);
});

test("a register that can write nothing rejects them all", async () => {
  register.database.pragma("query_only = ON");
  const both = await Promise.allSettled([register.changeTogether(note("one")), register.changeTogether(note("two"))]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  register.database.pragma("query_only = OFF");
  expect(elsewhere()).toEqual([]);
});
