/**
 * A booth's outbox in a process of its own, for tests that kill it: `booth-process.js FOLDER URL`. Takes every package that
 * appears in FOLDER/sealed into its outbox, and delivers.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OUTBOX_LIMITS } from "../../booth/outbox/limits.ts";
import { openOutbox } from "../../booth/outbox/open-outbox.ts";
import { readHead } from "../../crypto/delivery/head.ts";
import { decodeManifest } from "../../crypto/package/manifest.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { readPlainIdentity } from "./plain-identity.ts";

const [folder = "", serverUrl = ""] = process.argv.slice(2);
const { trust, key } = readPlainIdentity(join(folder, "identity.json"));
const outbox = await openOutbox({
  folder: join(folder, "booth"),
  boothId: "booth-1",
  serverUrl,
  identity: key("booth-identity"),
  trust,
  clock: systemClock,
  random: systemRandom,
  // A test has less time than a bus in the steppe.
  limits: { ...OUTBOX_LIMITS, firstRetryMs: 20, longestRetryMs: 200 },
  onFault: (error) => process.stderr.write(`booth: ${error instanceof Error ? error.stack : error}\n`),
});
process.stdout.write("{}\n");
const sealed = join(folder, "sealed");
for (;;) {
  for (const name of (await readdir(sealed)).filter((entry) => entry.endsWith(".kab"))) {
    const path = join(sealed, name);
    const head = readHead(await readFile(path));
    await outbox.add(path, decodeManifest(head!.manifest));
  }
  const items = outbox.list();
  const waiting = items.filter(({ state }) => state !== "received").length;
  process.stdout.write(`${JSON.stringify({ waiting, received: items.length - waiting })}\n`);
  await sleep(50);
}
