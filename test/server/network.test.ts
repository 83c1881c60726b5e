/** What would be lost: honest counts of what an office or a bus stop has issued; and that they are nobody's but a manager's. */
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Network } from "../../server/network/api.ts";
import { networkCsv } from "../../server/network/network.ts";
import { receiveCase } from "./security/received-case.ts";
import { type StaffedServer, startStaffedServer } from "./staff/staffed-server.ts";

let staffed: StaffedServer;
beforeAll(async () => {
  staffed = await startStaffedServer();
});
afterAll(() => staffed.close());

const common = { certificateSha256: "00", heartbeat: null } as const;
const bus = (latitude: number, longitude: number) => ({
  office: { id: "bus-7", name: "Bus 7" },
  position: { latitude, longitude, accuracyMetres: 20, at: "2026-11-21T12:00:00Z" },
});

it("counts each office and each stop of a bus by itself, what became of it, and how long that took", async () => {
  const { store } = staffed.server;
  for (const [n, sealed, received] of [
    [0, 40, 39],
    [1, 4, 3],
    [2, 5, 3],
    [3, 6, 2],
  ] as const)
    receiveCase(store, n, { ...common, sealed, received, ...(n === 3 ? {} : { operator: "operator" }) });
  // Two packages from one stop, a kilometre is no other stop; one from another.
  receiveCase(store, 4, { ...common, sealed: 2, received: 1, place: bus(55.7512, 37.6184) });
  receiveCase(store, 5, { ...common, sealed: 3, received: 1, place: bus(55.7489, 37.6211) });
  receiveCase(store, 6, { ...common, sealed: 3, received: 1, place: bus(56.1, 37.62) });
  const at = staffed.installation.clock.now().toISOString();
  store.cases.addHistory("case-1", { at, by: "server", event: "ordered", detail: "order" });
  store.cases.change("case-3", at, { state: "retake" }, "changed");
  const manager = await staffed.signIn("manager");
  const read = async (days: string) => (await manager.send("GET", `/api/network?days=${days}`)).json();
  const month = Network.parse(await read("30"));
  expect(month.places.map(({ office, position, received }) => [office, position?.latitude ?? null, received])).toEqual([
    ["office-1", null, 3],
    ["bus-7", 55.75, 2],
    ["bus-7", 56.1, 1],
  ]);
  const [office] = month.places;
  expect(office).toMatchObject({ accepted: 2, retake: 1, waiting: 0, ordered: 1, booths: ["booth-1"] });
  const day = 86_400_000;
  expect([Math.round(office!.deliveryMs! / day), Math.round(office!.decisionMs! / day)]).toEqual([2, 0]);
  expect(office!.days.reduce((sum, { received }) => sum + received, 0)).toBe(3);
  expect(Network.parse(await read("90")).places[0]?.received).toBe(4);
  for (const wrong of ["0", "365", "x", ""])
    expect(await read(wrong)).toHaveProperty("error.code", "review/request-malformed");
  // The answer names no case, no package and no person.
  expect(JSON.stringify(month)).not.toMatch(/case-|operator/);
  const table = await (await manager.send("GET", "/api/network/csv?days=30")).text();
  expect(table.trim().split("\r\n")).toHaveLength(1 + month.places.length);
});

it("a name that a spreadsheet would run is text in the table", () => {
  const place = {
    ...{
      office: "o",
      name: '=HYPERLINK("x");y',
      position: null,
      booths: [],
      received: 0,
      waiting: 0,
      accepted: 0,
      retake: 0,
    },
    ...{ escalated: 0, ordered: 0, deliveryMs: null, decisionMs: null, lastAt: "2026-11-21T12:00:00Z", days: [] },
  };
  const [, line] = networkCsv({ at: place.lastAt, since: place.lastAt, places: [place] }).split("\r\n");
  expect(line).toContain(`"'=HYPERLINK(""x"");y"`);
});
