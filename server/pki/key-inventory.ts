/** The officer's question as one list: which keys exist, where, until when, and when each is to be replaced. Needs no secret. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { BoothReport } from "../../crypto/est/paths.ts";
import type { KeyListing, KeyProtection, KeyPurpose, KeyState } from "../../crypto/keys/key.ts";
import { listKeys } from "../../crypto/keys/open-store.ts";
import type { Register } from "../register/register.ts";
import { dueAt, type RotationSchedule, readSchedule } from "./schedule.ts";

export interface KnownKey {
  readonly purpose: KeyPurpose;
  readonly place: "root" | "authority" | "server" | "booth" | "sensor" | "person";
  /** The booth's, the sensor's or the person's name; null for keys of this machine. */
  readonly holder: string | null;
  readonly keyId: string;
  readonly state: KeyState;
  /** `away`: not on this machine, as the root should be; `elsewhere`: with whoever holds it. */
  readonly protection: KeyProtection | "away" | "elsewhere";
  readonly notAfter: string | null;
  readonly dueAt: string | null;
}

/** @param data `<data>` */
export async function readInventory(data: string, register: Register, now: Date): Promise<KnownKey[]> {
  const schedule = await readSchedule(join(data, "server"));
  const listed = async (place: "authority" | "server"): Promise<KnownKey[]> => {
    const keys = await listKeys(join(data, place, "keys")).catch(() => []);
    return keys.map((key) => shown(key, place));
  };
  const shown = (key: KeyListing, place: "authority" | "server"): KnownKey => ({
    ...{ purpose: key.purpose, place, holder: null, keyId: key.keyId, state: key.state, protection: key.protection },
    notAfter: key.chain[0]?.notAfter.toISOString() ?? null,
    // A former one is followed already.
    dueAt: key.state === "former" ? null : (dueAt(key.purpose, key, schedule)?.toISOString() ?? null),
  });
  const held = (issuer: HeldIssuer, purpose: KeyPurpose, place: "booth" | "sensor" | "person"): KnownKey[] =>
    register
      .holders(issuer, now.toISOString())
      .filter((name) => !name.startsWith("Kabina "))
      .flatMap((name) =>
        register
          .certificatesNamed(name)
          .filter((one) => one.issuer === issuer && one.revokedAt === null && one.notAfter > now.toISOString())
          .map(({ keyId, notAfter, der }) => ({ keyId, notAfter, leaf: new Certificate(der) }))
          // A booth's key for TLS may sign no packages: that tells its two keys apart.
          .filter(({ leaf }) => issuer !== "booths" || signsPackages(leaf) === (purpose === "booth-identity"))
          .map(({ keyId, notAfter, leaf }, age) => ({
            ...{ purpose, place, holder: name, keyId, protection: "elsewhere" as const, notAfter },
            state: age === 0 ? ("current" as const) : ("former" as const),
            dueAt: age > 0 ? null : (dueAt(purpose, { chain: [leaf], madeAt: null }, schedule)?.toISOString() ?? null),
          })),
      );
  return [
    ...(await roots(data, schedule)),
    ...(await listed("authority")),
    ...(await listed("server")),
    ...held("booths", "booth-identity", "booth"),
    ...held("booths", "booth-tls", "booth"),
    ...journals(register, schedule),
    ...held("sensors", "sensor-capture", "sensor"),
    ...held("staff", "operator", "person"),
  ];
}

type HeldIssuer = "booths" | "sensors" | "staff";

const signsPackages = ({ extendedKeyUsage }: Certificate): boolean =>
  extendedKeyUsage.includes(oids.kabinaPackageSigning);

/** The keys of journals, as their booths have told of them. */
function journals(register: Register, schedule: RotationSchedule): KnownKey[] {
  return register.boothsSeen().flatMap(({ booth, report }) => {
    const told = BoothReport.safeParse(JSON.parse(report ?? "null"));
    const journal = told.data?.journal;
    if (!journal) return [];
    const madeAt = journal.madeAt === null ? null : new Date(journal.madeAt);
    const at = dueAt("booth-journal", { chain: [], madeAt }, schedule);
    return [
      {
        ...{ purpose: "booth-journal", place: "booth", holder: booth, keyId: journal.keyId, state: "current" },
        ...{ protection: "elsewhere", notAfter: null, dueAt: at?.toISOString() ?? null },
      } satisfies KnownKey,
    ];
  });
}

async function roots(data: string, schedule: RotationSchedule): Promise<KnownKey[]> {
  const text = await readFile(join(data, "authority", "root.pem"), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const here = await listKeys(join(data, "root", "keys")).catch(() => []);
  return Certificate.fromPem(text).map((root, age) => ({
    ...{ purpose: "authority-root", place: "root", holder: null, keyId: root.keyId },
    state: age === 0 ? "current" : "former",
    protection: here.find(({ keyId }) => keyId === root.keyId)?.protection ?? "away",
    notAfter: root.notAfter.toISOString(),
    dueAt: age > 0 ? null : (dueAt("authority-root", { chain: [root], madeAt: null }, schedule)?.toISOString() ?? null),
  }));
}
