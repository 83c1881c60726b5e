/** What would be lost: an operator who revokes booths, an auditor who looks at faces, a stranger who does either. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { judge, permissions, type Role, roles } from "../../../server/staff/roles.ts";
import { ConsoleClient } from "../console-client.ts";
import { type StaffedServer, startStaffedServer } from "./staffed-server.ts";

const doc = readFileSync(new URL("../../../docs/roles.md", import.meta.url), "utf8");
/** The table of the docs: a row a route, a column `none`, `any` and each role. */
const rows = [...doc.matchAll(/^\| (GET|POST|DELETE) (\S+) \|(.*)\|$/gm)].map(
  ([, method = "", path = "", cells = ""]) => ({
    method,
    path,
    allowed: cells.split("|").map((cell) => cell.trim() === "✓"),
  }),
);
const columns = /^\| route \|(.*)\|$/m
  .exec(doc)![1]!
  .split("|")
  .map((name) => name.trim());

let staffed: StaffedServer;
const clients = new Map<string, ConsoleClient>();
beforeAll(async () => {
  staffed = await startStaffedServer();
  clients.set("none", new ConsoleClient(staffed.console));
  for (const role of roles) clients.set(role, await staffed.signIn(role));
});
afterAll(() => staffed.close());

it("the docs' table has a row for every route of the server and a column for every role", () => {
  expect(rows.map(({ method, path }) => `${method} ${path}`)).toEqual(
    permissions.map(({ method, path }) => `${method} ${path}`),
  );
  expect(columns).toEqual(["none", "any", ...roles]);
});

describe.each(rows.map((row) => [`${row.method} ${row.path}`, row] as const))(
  "%s",
  (_name, { method, path, allowed }) => {
    it.each(columns.map((column, at) => [column, allowed[at]!] as const).filter(([column]) => column !== "any"))(
      "%s: %s",
      async (column, expected) => {
        // Leaving ends the session that the other rows need.
        const leaves = method === "DELETE" && path === "/api/session" && column !== "none";
        const client = leaves ? await staffed.signIn(column) : clients.get(column)!;
        const abort = new AbortController();
        const url = path.replace(/:\w+/g, "0000");
        const answer = await client.send(method, url, method === "POST" ? {} : undefined, {}, abort.signal);
        const type = answer.headers.get("content-type") ?? "";
        const { error } = type.includes("json") ? ((await answer.json()) as { error?: { code: string } }) : {};
        abort.abort();
        // A right sign-in, so that the wrong ones of this walk are not answered later and later.
        if (allowed[0]) await staffed.signIn("manager");
        const refusals = ["review/not-signed-in", "review/not-allowed"];
        if (expected) expect(refusals).not.toContain(error?.code);
        else expect([answer.status, error?.code]).toEqual(column === "none" ? [401, refusals[0]] : [403, refusals[1]]);
      },
    );
  },
);

it("what is not in the table is refused to everyone, whatever its form", () => {
  for (const path of [
    "/api/secret",
    "/api/queue/",
    "/api//queue",
    "/api/cases/",
    "/api/cases/a/b",
    "/api/QUEUE",
    "/API/queue",
  ])
    for (const role of roles) expect([path, judge("GET", path, [role])]).toEqual([path, "unknown"]);
  for (const { method, path, who } of permissions.filter(({ who }) => who !== "anyone" && who !== "signed-in")) {
    expect(judge(method, path, null)).toBe("sign-in");
    expect(judge(method, path, [])).toBe("refused");
    expect(judge("PUT", path, [...roles])).toBe("unknown");
    const without = roles.filter((role) => !(who as readonly Role[]).includes(role));
    expect(judge(method, path, without)).toBe("refused");
  }
});
