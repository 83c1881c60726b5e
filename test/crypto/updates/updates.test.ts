/** What would be lost: a booth that runs under a policy of yesterday, of one officer alone, or of a thief of the server's keys. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { folderSource, UpdateClient } from "../../../crypto/updates/client.ts";
import { type OnlineKeys, UpdateRepository, updateLife } from "../../../crypto/updates/repository.ts";
import { MemoryKeyStore } from "../deterministic-key.ts";

const key = (): Promise<PrivateKeyHandle> => new MemoryKeyStore(systemRandom).generate("operator");
const day = 24 * 60 * 60_000;
let folder: string;
let aheadMs: number;
let repository: UpdateRepository;
let client: UpdateClient;
let officers: PrivateKeyHandle[];
let online: OnlineKeys;

const clock = { now: () => new Date(Date.now() + aheadMs), monotonic: () => performance.now() };
const server = () => folderSource(join(folder, "repository"));
const policy = (version: number) => Buffer.from(JSON.stringify({ version }));

async function publish(content: Uint8Array, by = officers.slice(0, 2)): Promise<void> {
  let draft = await repository.draft({ "policy.json": content }, online.lists);
  for (const officer of by) draft = await repository.signDraft(officer, draft.hash);
  await repository.publish(online);
}
const policyOf = async (source = server(), of = client) => {
  const found = (await of.update(source, ["policy.json"])).get("policy.json");
  return found && Buffer.from(found).toString();
};

beforeEach(async () => {
  aheadMs = 0;
  folder = await mkdtemp(join(tmpdir(), "kabina-updates-"));
  repository = new UpdateRepository(join(folder, "repository"), clock);
  officers = await Promise.all([key(), key(), key()]);
  online = { snapshot: await key(), timestamp: await key(), lists: await key() };
  await repository.begin(officers, 2, online);
  client = new UpdateClient(join(folder, "client"));
  await client.begin(await repository.firstRoot());
  await publish(policy(1));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a policy that two officers signed", () => {
  it("reaches the booth, and the next one replaces it", async () => {
    expect(await policyOf()).toBe(policy(1).toString());
    await publish(policy(2), [officers[2]!, officers[0]!]);
    expect(await policyOf()).toBe(policy(2).toString());
    expect(await client.version("targets")).toBe(2);
  });

  it("comes in a courier's box, and stays believed with no link at all", async () => {
    await cp(join(folder, "repository"), join(folder, "box"), { recursive: true });
    expect(await policyOf(folderSource(join(folder, "box")))).toBe(policy(1).toString());
    const dead = async () => {
      throw new Error("no link");
    };
    await expect(policyOf(dead)).rejects.toThrow("updates/unreachable");
    expect(Buffer.from((await client.kept("policy.json"))!).toString()).toBe(policy(1).toString());
    await writeFile(join(folder, "client/targets/policy.json"), policy(9));
    expect(await client.kept("policy.json")).toBeUndefined();
  });

  it("revocation lists follow by the server's own key, without an officer", async () => {
    await repository.refresh(online, { "booths.crl": Buffer.from("list 1") });
    expect(Buffer.from((await client.update(server(), ["lists/booths.crl"])).get("lists/booths.crl")!).toString()).toBe(
      "list 1",
    );
    await repository.refresh(online, { "booths.crl": Buffer.from("list 2") });
    expect(Buffer.from((await client.update(server(), ["lists/booths.crl"])).get("lists/booths.crl")!).toString()).toBe(
      "list 2",
    );
    expect(await policyOf()).toBe(policy(1).toString());
  });
});

describe("refused", () => {
  it("one officer alone, one officer twice, a stranger, and another draft than was shown", async () => {
    const draft = await repository.draft({ "policy.json": policy(2) }, online.lists);
    await expect(repository.publish(online)).rejects.toThrow("updates/too-few");
    await repository.signDraft(officers[0]!, draft.hash);
    await repository.signDraft(officers[0]!, draft.hash);
    await expect(repository.publish(online)).rejects.toThrow("updates/too-few");
    await expect(repository.signDraft(await key(), draft.hash)).rejects.toThrow("updates/not-an-officer");
    await expect(repository.signDraft(officers[1]!, "0".repeat(64))).rejects.toThrow("updates/draft-changed");
    expect(await policyOf()).toBe(policy(1).toString());
  });

  it("targets that the server's own keys signed, whoever serves them", async () => {
    const thief = new UpdateRepository(join(folder, "thief"), clock);
    await thief.begin([online.snapshot, online.timestamp], 2, online);
    const draft = await thief.draft({ "policy.json": policy(666) }, online.lists);
    for (const stolen of [online.snapshot, online.timestamp]) await thief.signDraft(stolen, draft.hash);
    await thief.publish(online);
    await rm(join(folder, "thief/metadata/1.root.json"));
    await expect(policyOf(folderSource(join(folder, "thief")))).rejects.toThrow("updates/refused");
  });

  it("yesterday's whole repository after today's (rollback), and yesterday's targets under today's timestamp (mix and match)", async () => {
    await cp(join(folder, "repository"), join(folder, "yesterday"), { recursive: true });
    await publish(policy(2));
    expect(await policyOf()).toBe(policy(2).toString());
    await expect(policyOf(folderSource(join(folder, "yesterday")))).rejects.toThrow("updates/refused");
    const fresh = new UpdateClient(join(folder, "fresh"));
    await fresh.begin(await repository.firstRoot());
    await cp(join(folder, "yesterday/metadata/1.targets.json"), join(folder, "repository/metadata/2.targets.json"));
    await expect(policyOf(server(), fresh)).rejects.toThrow("updates/refused");
  });

  it("a server that goes on showing the same for too long (freeze)", async () => {
    aheadMs = -(updateLife.timestamp + 1) * day;
    await repository.refresh(online, {}, true);
    await expect(policyOf()).rejects.toThrow(/updates\/refused.*expired/);
  });

  it("a changed target, and any metadata with a changed byte", async () => {
    const [name] = (await readdir(join(folder, "repository/targets"))).filter((file) => file.endsWith("policy.json"));
    const path = join(folder, "repository/targets", name!);
    const whole = await readFile(path);
    await writeFile(path, policy(2));
    await expect(policyOf()).rejects.toThrow("updates/refused");
    await writeFile(path, whole);
    for (const file of ["timestamp.json", "2.snapshot.json", "1.snapshot.json", "1.targets.json"]) {
      const metadata = join(folder, "repository/metadata", file);
      const good = await readFile(metadata, "utf8").catch(() => undefined);
      if (good === undefined) continue;
      await writeFile(metadata, good.replace('"version":1', '"version":7'));
      const fresh = new UpdateClient(join(folder, `fresh-${file}`));
      await fresh.begin(await repository.firstRoot());
      await expect(policyOf(server(), fresh)).rejects.toThrow("updates/refused");
      await writeFile(metadata, good);
    }
    expect(await policyOf()).toBe(policy(1).toString());
  });

  it("a threshold of one, and a second beginning over the first", async () => {
    const other = new UpdateRepository(join(folder, "other"), clock);
    await expect(other.begin(officers, 1, online)).rejects.toThrow("updates/threshold");
    await expect(other.begin([officers[0]!, officers[0]!], 2, online)).rejects.toThrow("updates/threshold");
    await expect(repository.begin(officers, 2, online)).rejects.toThrow("updates/exists");
  });
});

it("the server signs again what has used up a quarter of its life, and nothing before", async () => {
  expect(await repository.refresh(online)).toBe(false);
  aheadMs = (updateLife.timestamp / 4) * day + 60_000;
  expect(await repository.refresh(online)).toBe(true);
  expect(await policyOf()).toBe(policy(1).toString());
});
