/** The officer's question in one answer: which keys exist, where, who can use them, until when; and what waits or ends. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { TAMPER_SEEN, TAMPERED, TamperEvent } from "../../crypto/device/tamper.ts";
import type { Clock } from "../../crypto/environment.ts";
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { BoothReport } from "../../crypto/est/paths.ts";
import type { KeyPurpose, KeyStore } from "../../crypto/keys/key.ts";
import { PKI_LIMITS } from "../pki/limits.ts";
import type { CertificateOffice } from "../pki/office.ts";
import { dueAt, type RotationSchedule, readSchedule } from "../pki/schedule.ts";
import type { CertificateRecord, ProposalRecord } from "../register/records.ts";
import type { Register } from "../register/register.ts";
import type { Store } from "../store/store.ts";
import { boothLogStanding } from "../witness/gaps.ts";
import type { CertificateShown, KeyShown, Overview, ProposalShown } from "./api.ts";
import { Proposal } from "./proposal.ts";
import type { Proposals } from "./proposals.ts";

export interface OverviewTools {
  /** `<data>/server` */
  readonly folder: string;
  readonly register: Register;
  readonly office: CertificateOffice | undefined;
  readonly serverKeys: () => ServerKeyList;
  readonly proposals: Proposals;
  readonly store: Store;
  readonly policy: () => Promise<Overview["policy"]>;
  readonly clock: Clock;
}

export type ServerKeyList = readonly {
  readonly purpose: KeyPurpose;
  readonly keyId: string;
  readonly protection: "file" | "pkcs11" | "tpm";
  readonly chain: readonly Certificate[];
}[];

const day = 24 * 60 * 60_000; // ms
const ALARMS = 50;

export async function readOverview(tools: OverviewTools, language: Language): Promise<Overview> {
  const { register, office, clock } = tools;
  const now = clock.now();
  const schedule = await readSchedule(tools.folder);
  const endsBefore = new Date(now.getTime() + PKI_LIMITS.forecastDays * day).toISOString();
  return {
    at: now.toISOString(),
    keys: [
      ...(await rootKey(tools.folder, schedule)),
      ...(office ? await keysOf(office.store, schedule) : []),
      ...tools.serverKeys().map((key) => serverKey(key, schedule)),
    ],
    booths: booths(tools),
    requests: register
      .waiting()
      .map(({ id, issuer, name, keyId, askedAt, address }) => ({ id, issuer, name, keyId, askedAt, address })),
    ending: register
      .search({ endsBefore })
      .filter(({ notAfter }) => notAfter > now.toISOString())
      .sort((a, b) => (a.notAfter < b.notAfter ? -1 : 1))
      .map(certificateShown),
    endingDays: PKI_LIMITS.forecastDays,
    proposals: tools.proposals.list().map((one) => proposalShown(one, language)),
    people: register.persons().map(({ id, name, roles, state, demonstration }) => {
      const passkeys = register.credentialsOf(id).filter(({ kind }) => kind === "passkey").length;
      return { id, name, roles: [...roles], state, demonstration, passkeys };
    }),
    looks: new Set(tools.store.looks.open().map(({ caseId }) => caseId)).size,
    policy: await tools.policy(),
    alarms: tools.store.alarms.latest(ALARMS).map(({ at, booth, code }) => ({ at, booth, code })),
  };
}

function logShown(store: Store, booth: string): Overview["booths"][number]["log"] {
  const standing = boothLogStanding(store, booth);
  if (!standing) return null;
  const { booth: _, unlogged, awaited, faults, ...log } = standing;
  return { ...log, unlogged: [...unlogged], awaited: [...awaited], faults: [...faults] };
}

export const certificateShown = ({ der, ...record }: CertificateRecord): CertificateShown => record;

export const proposalShown = ({ content, kind, ...proposal }: ProposalRecord, language: Language): ProposalShown => ({
  ...proposal,
  failure:
    proposal.state === "failed" && proposal.outcome !== null
      ? explain(new KabinaError(proposal.outcome, { case: caseOf(content), person: "", id: proposal.id }), language)
      : null,
  proposal: Proposal.parse(JSON.parse(content)),
});

const caseOf = (content: string): string => {
  const proposal = Proposal.parse(JSON.parse(content));
  return "caseId" in proposal ? proposal.caseId : "";
};

/** The root, which should not be here: only its certificate says that it exists. */
async function rootKey(folder: string, schedule: RotationSchedule): Promise<KeyShown[]> {
  const text = await readFile(join(folder, "trust", "root.pem"), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  const root = Certificate.fromPem(text)[0]!;
  const here = await readFile(join(folder, "..", "root", "keys", "store.json")).then(
    () => true,
    () => false,
  );
  const protection = here ? "file" : "away";
  return [
    {
      purpose: "authority-root",
      place: "root",
      keyId: root.keyId,
      protection,
      state: "current",
      notAfter: root.notAfter.toISOString(),
      dueAt: dueAt("authority-root", { chain: [root], madeAt: null }, schedule)?.toISOString() ?? null,
    },
  ];
}

async function keysOf(store: KeyStore, schedule: RotationSchedule): Promise<KeyShown[]> {
  const listed = await store.list();
  return listed.map(({ purpose, keyId, protection, state, chain, madeAt }) => ({
    ...{ purpose, place: "authority", keyId, protection, state },
    notAfter: chain[0]?.notAfter.toISOString() ?? null,
    dueAt: state === "former" ? null : (dueAt(purpose, { chain, madeAt }, schedule)?.toISOString() ?? null),
  }));
}

const serverKey = (
  { purpose, keyId, protection, chain }: ServerKeyList[number],
  schedule: RotationSchedule,
): KeyShown => ({
  ...{ purpose, place: "server", keyId, protection, state: "current" },
  notAfter: chain[0]?.notAfter.toISOString() ?? null,
  dueAt: dueAt(purpose, { chain, madeAt: null }, schedule)?.toISOString() ?? null,
});

/** Every booth that was ever certified or seen, by name. */
function booths({ register, office, store }: OverviewTools): Overview["booths"] {
  const seen = new Map(register.boothsSeen().map((booth) => [booth.booth, booth]));
  const counted = new Map(
    store.database
      .prepare<[], { booth: string; packages: number }>(
        "SELECT booth, count(*) AS packages FROM package GROUP BY booth",
      )
      .all()
      .map(({ booth, packages }) => [booth, packages]),
  );
  const status = "Kabina status of ";
  const certified = register.search({ issuer: "booths" }).filter(({ name }) => !name.startsWith(status));
  const names = new Set([...certified.map(({ name }) => name), ...seen.keys()]);
  return [...names].sort().map((booth) => {
    const held = office?.holding(booth, "booths").sort((a, b) => (a.notAfter < b.notAfter ? 1 : -1))[0];
    const last = seen.get(booth);
    return {
      booth,
      certificate: held ? certificateShown(held) : null,
      seenAt: last?.at ?? null,
      policyVersion: last?.policyVersion ?? null,
      clockOffsetMs: last?.clockOffsetMs ?? null,
      packages: counted.get(booth) ?? 0,
      troubled: troubledOf(last?.report ?? null),
      tamper: tamperShown(register, booth, last?.report ?? null),
      log: logShown(store, booth),
    };
  });
}

/** What happened since an officer last said that it was seen to. */
function tamperShown(register: Register, booth: string, report: string | null): Overview["booths"][number]["tamper"] {
  const said = report === null ? undefined : BoothReport.safeParse(JSON.parse(report));
  const cabinet = said?.data?.tamper?.cabinet;
  if (cabinet === undefined) return null;
  const life = register.eventsOf(booth);
  const seen = life.findLastIndex(({ kind }) => kind === TAMPER_SEEN);
  const events = life.slice(seen + 1).flatMap(({ kind, data }) => {
    const event = kind !== TAMPERED ? undefined : TamperEvent.safeParse({ kind: data.what, at: data.happened });
    return event?.success ? [event.data] : [];
  });
  return { cabinet, events };
}

/** What nobody connected is no trouble: which devices a booth has is its own matter. */
function troubledOf(report: string | null): Overview["booths"][number]["troubled"] {
  const said = report === null ? undefined : BoothReport.safeParse(JSON.parse(report));
  if (!said?.success || said.data.devices === undefined) return null;
  return said.data.devices.filter(({ state }) => state === "failed" || state === "degraded");
}
