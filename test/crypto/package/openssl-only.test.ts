/** What would be lost: the promise that a package outlives Kabina. The text of docs/formats/package.md §8 is run as it stands. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { decodeManifest } from "../../../crypto/package/manifest.ts";
import type { DeterministicKey } from "../deterministic-key.ts";
import {
  contentOf,
  makeWorld,
  packSigned,
  requestFor,
  sealBytes,
  smallParts,
  tarEntries,
  type World,
} from "./fixture.ts";

const page = fileURLToPath(new URL("../../../docs/formats/package.md", import.meta.url));
let world: World;
let folder: string;
const at = (name: string) => join(folder, name);

beforeEach(async () => {
  world = await makeWorld("openssl only");
  folder = await mkdtemp(join(tmpdir(), "kabina-openssl-"));
  await writeFile(at("root.pem"), world.authority.root.toPem());
  const key = (world.recipient as DeterministicKey).privateKey.export({ format: "pem", type: "pkcs8" });
  await writeFile(at("recipient.key"), key);
});
afterEach(() => rm(folder, { recursive: true }));

async function recipe(bytes: Uint8Array): Promise<void> {
  await writeFile(at("one.kab"), bytes);
  const script = /```sh\n([\s\S]*?)```/.exec(await readFile(page, "utf8"))![1]!;
  const env = {
    PATH: process.env.PATH,
    PACKAGE: at("one.kab"),
    ROOT: at("root.pem"),
    KEY: at("recipient.key"),
    OUT: at("out"),
  };
  await promisify(execFile)("sh", ["-c", script], { env });
}

describe("tar, openssl and sha256sum alone", () => {
  it("verify and open a package", async () => {
    const { bytes } = await sealBytes(requestFor(smallParts(world)), world.booth);
    await recipe(bytes);
    expect(await readFile(at("out/enrolment"), "utf8")).toBe('{"a":1}');
    expect(await readFile(at("out/portrait"), "utf8")).toBe("not really a portrait");
  });

  it("refuse a part that was changed", async () => {
    const { bytes } = await sealBytes(requestFor(smallParts(world)), world.booth);
    bytes[bytes.indexOf("parts/portrait.p7m") + 512 + 300]! ^= 1;
    await expect(recipe(bytes)).rejects.toMatchObject({ code: 1 });
  });

  it("refuse a manifest of a stranger", async () => {
    const stranger = await makeWorld("stranger");
    const { bytes } = await sealBytes(requestFor(smallParts(world)), stranger.booth);
    await expect(recipe(bytes)).rejects.toThrow("unable to get");
  });

  it("refuse a part of another booth's package under a manifest of one's own", async () => {
    const { bytes } = await sealBytes(requestFor(smallParts(world)), world.booth);
    const [head, , ...rest] = tarEntries(bytes).map(contentOf) as [Buffer, Buffer, ...Buffer[]];
    const manifest = decodeManifest(head);
    const booth = { id: "booth-2", certificateSha256: world.otherBooth.chain[0]!.sha256 };
    const parts = manifest.parts.map(({ name }, index) => ({ name, bytes: rest[index]! }));
    const stolen = await packSigned({ ...manifest, booth }, world.otherBooth, parts);
    await expect(recipe(stolen)).rejects.toMatchObject({ code: 1 });
  });
});
