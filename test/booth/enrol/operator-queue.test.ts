/** What would be lost: `kabina enrol` waits a minute and a half for each of many people, at a server that is no longer there. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { OperatorQueue } from "../../../booth/enrol/operator-queue.ts";

const LONG_MS = 600_000;

test("a case is waited for while the server is there, and no longer", async () => {
  let state = "processing";
  const item = { caseId: "C-1", packageId: "p-1", risk: "low" };
  const server = createServer((request, response) => {
    response.setHeader("set-cookie", "session=1");
    const items = request.url === "/api/queue" ? [{ ...item, state }] : [];
    response.end(JSON.stringify({ items, decided: [] }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const queue = await OperatorQueue.signIn(`${origin}/#token=once`);
    expect(await queue.wait("p-2", LONG_MS, () => true)).toBeNull();
    expect(await queue.wait("p-1", LONG_MS, () => true)).toMatchObject({ state: "processing" });
    const waiting = queue.wait("p-1", LONG_MS, () => false);
    state = "waiting";
    expect(await waiting).toMatchObject({ caseId: "C-1", state: "waiting" });
    server.close();
    server.closeAllConnections();
    const looks: number[] = [];
    expect(await queue.wait("p-1", LONG_MS, () => looks.push(1) > 2)).toBeNull();
  } finally {
    server.close();
  }
});
