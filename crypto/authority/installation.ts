/** `booth/installation.json`: which booth this is and where its server is. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { z } from "zod";
import { DevicePattern } from "../device/device.ts";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

export const Installation = z.strictObject({
  format: z.literal("kabina-installation/1"),
  boothId: z.string().regex(/^[a-z0-9-]{1,64}$/),
  office: z.strictObject({ id: z.string().min(1).max(128), name: z.string().min(1).max(128) }),
  serverUrl: z.url({ protocol: /^https$/ }),
  /** The authority's office: renewal, revocation lists, policy and updates. */
  pkiUrl: z.url({ protocol: /^https$/ }).optional(),
  /** The devices that the booth's profile allows; null or left out: any. */
  devices: z.array(DevicePattern).max(64).nullable().optional(),
  /** SHA-256 of the DER of the root certificate and of the booth's own, for comparing by eye. */
  fingerprints: z.strictObject({ root: sha256Hex, booth: sha256Hex }),
});
export type Installation = z.infer<typeof Installation>;

const fileName = "installation.json";

/** Reads a booth's installation. Throws `installation/missing`, `installation/malformed`. */
export async function readInstallation(boothFolder: string): Promise<Installation> {
  const path = join(boothFolder, fileName);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new KabinaError("installation/missing", { path }, { cause });
  });
  try {
    return Installation.parse(JSON.parse(text));
  } catch (cause) {
    throw new KabinaError("installation/malformed", { path }, { cause });
  }
}

export function writeInstallation(boothFolder: string, installation: Installation): Promise<void> {
  const text = canonicalize(Installation.parse(installation)) as string;
  return writeFileDurably(join(boothFolder, fileName), `${text}\n`);
}
