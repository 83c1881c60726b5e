/**
 * Makes an installation: the authority, one server, one booth. It is what a first start does, with the same keys, certificates
 * and checks as any other; it can be run again at any time, makes only what is missing, and may be cut off anywhere.
 *
 *     <data>/root/       passphrase  keys/                     the root's key: to be carried away, see docs/operations.md
 *     <data>/authority/  passphrase  keys/  issued/  root.pem  the issuing authorities
 *     <data>/server/     passphrase  keys/  trust/
 *     <data>/booth/      passphrase  keys/  trust/  sensors/  installation.json
 *
 * Each folder has its own passphrase; the booth's and the server's folder work where the authority's is not.
 */

import { mkdir } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Extension } from "../certificate/builder.ts";
import type { Certificate } from "../certificate/certificate.ts";
import { subjectAltName } from "../certificate/extensions.ts";
import { speaksTls } from "../keys/file-key.ts";
import { FileKeyStore } from "../keys/file-store.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import { listKeys, openKeyStore } from "../keys/open-store.ts";
import { ensurePassphrase } from "../keys/passphrase.ts";
import { exists } from "../keys/private-file.ts";
import { tokenFilePath } from "../keys/token-vault.ts";
import type { SuiteId } from "../suites/names.ts";
import { type KeyAlgorithm, suites } from "../suites/registry.ts";
import { Authority, ensureKey, type IssueTools, issuerKinds, type LeafPurpose } from "./authority.ts";
import { type Installation, writeInstallation } from "./installation.ts";
import { type SigningSensor, sensorFolder, signingSensors, simulatedSerial } from "./sensor-folder.ts";
import { type PeerKind, type Trust, writeTrust } from "./trust.ts";

export interface ProvisionOptions {
  readonly boothId?: string;
  readonly office?: { readonly id: string; readonly name: string };
  /** What the booth uploads to; written anew into `installation.json` when it changes. */
  readonly serverUrl?: string;
  /** Where the authority's office answers the booth; without it a booth neither renews by itself nor hears of revocations. */
  readonly pkiUrl?: string;
  /** DNS names and IP addresses that the server's TLS certificate holds for, besides this machine's own. */
  readonly serverNames?: readonly string[];
  /** Makes keys for a demonstration's simulated sensors as well. */
  readonly sensors?: boolean;
  /** The suite of the keys of booth and recipient that are made here; P-256 when absent. Keys that are there stay as they are. */
  readonly suite?: SuiteId;
}

export interface Provisioned {
  readonly installation: Installation;
  readonly trust: Trust;
}

const demonstration = {
  boothId: "booth-1",
  office: { id: "office-1", name: "Kabina demonstration office" },
  serverUrl: "https://localhost:8443",
} as const;
const ownNames = ["localhost", "127.0.0.1", "::1"] as const;

/** The file of a folder's passphrase when no other is named. */
export const passphraseFile = (folder: string): string => join(folder, "passphrase");

/** Makes what is missing of the installation under `data`, and returns it. */
export async function provision(data: string, tools: IssueTools, options: ProvisionOptions = {}): Promise<Provisioned> {
  const folders = { authority: join(data, "authority"), server: join(data, "server"), booth: join(data, "booth") };
  const opening = [folders.authority, folders.server, folders.booth].map((folder) => openStore(folder, tools));
  await Promise.allSettled(opening); // when one fails, nothing of the others goes on behind the caller's back
  const [authorityKeys, serverKeys, boothKeys] = (await Promise.all(opening)) as [KeyStore, KeyStore, KeyStore];
  const authority = await Authority.open(folders.authority, authorityKeys, tools, {
    root: () => openStore(join(data, "root"), tools),
    issuers: issuerKinds,
  });
  const boothId = options.boothId ?? demonstration.boothId;
  const { signs, receives } = suites[options.suite ?? "p256-sha256-aes256gcm/1"];
  const names = serverAltNames([...ownNames, ...(options.serverNames ?? [])]);

  await ensureCertified(authority, serverKeys, "server-tls", "Kabina server", [names]);
  await ensureCertified(authority, serverKeys, "server-receipt", "Kabina receipts");
  await ensureCertified(authority, serverKeys, "server-audit", "Kabina audit log");
  const recipient = await ensureCertified(
    authority,
    serverKeys,
    "server-recipient",
    "Kabina package recipient",
    [],
    receives,
  );
  const ofBooth = [subjectAltName({ uri: [`urn:kabina:booth:${boothId}`] })];
  const booth = await ensureCertified(authority, boothKeys, "booth-identity", boothId, ofBooth, signs);
  if (!speaksTls(booth)) await ensureCertified(authority, boothKeys, "booth-tls", boothId, ofBooth);
  await ensureKey(boothKeys, "booth-journal");
  for (const kind of options.sensors ? signingSensors : [])
    await ensureSensor(authority, folders.booth, kind, boothId, tools);

  const trust: Trust = {
    root: authority.root,
    booths: authority.booths,
    servers: authority.servers,
    former: {
      roots: authority.roots.slice(1),
      booths: formerOf(authority, "booths"),
      servers: formerOf(authority, "servers"),
    },
    recipients: recipient.chain.slice(0, 1),
  };
  await writeTrust(join(folders.server, "trust"), trust);
  await writeTrust(join(folders.booth, "trust"), trust);
  const installation: Installation = {
    format: "kabina-installation/1",
    boothId: booth.chain[0]!.commonName ?? boothId,
    office: options.office ?? demonstration.office,
    serverUrl: options.serverUrl ?? demonstration.serverUrl,
    ...(options.pkiUrl === undefined ? {} : { pkiUrl: options.pkiUrl }),
    fingerprints: { root: authority.root.sha256, booth: booth.chain[0]!.sha256 },
  };
  await writeInstallation(folders.booth, installation);
  return { installation, trust };
}

/** A simulated sensor's own key, in a folder of its own under the booth's passphrase. */
async function ensureSensor(
  authority: Authority,
  boothFolder: string,
  kind: SigningSensor,
  boothId: string,
  tools: IssueTools,
): Promise<void> {
  const folder = sensorFolder(boothFolder, kind);
  if ((await exists(join(folder, "store.json"))) && (await listKeys(folder)).some(({ chain }) => chain.length > 0))
    return;
  const passphrase = await ensurePassphrase(passphraseFile(boothFolder), tools.random);
  const store = await FileKeyStore.openOrCreate(folder, passphrase, tools.random);
  const serial = simulatedSerial(boothId, kind);
  const names = [subjectAltName({ uri: [`urn:kabina:sensor:${serial}`] })];
  await ensureCertified(authority, store, "sensor-capture", serial, names);
}

/** Opens the key store of a folder (`<data>/booth`, `<data>/server`) under the passphrase beside it, which is made when there is none. */
async function openStore(folder: string, tools: IssueTools): Promise<KeyStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = join(folder, "keys");
  const passphrase = await ensurePassphrase(passphraseFile(folder), tools.random);
  const files = await FileKeyStore.openOrCreate(keys, passphrase, tools.random);
  if (!(await exists(tokenFilePath(keys)))) return files;
  return openKeyStore(keys, { passphrase: async () => Uint8Array.from(passphrase), pin: tools.pin }, tools.random);
}

async function ensureCertified(
  authority: Authority,
  store: KeyStore,
  purpose: LeafPurpose,
  commonName: string,
  extensions: readonly Extension[] = [],
  algorithm?: KeyAlgorithm,
): Promise<PrivateKeyHandle> {
  const key = await ensureKey(store, purpose, algorithm);
  if (key.chain.length > 0) return key;
  return store.certify(purpose, await authority.issue(purpose, key, commonName, extensions));
}

const formerOf = (authority: Authority, kind: PeerKind): Certificate[] =>
  authority
    .lineage(kind)
    .slice(1)
    .map(({ certificate }) => certificate);

function serverAltNames(names: readonly string[]): Extension {
  const unique = [...new Set(names)];
  return subjectAltName({
    dns: unique.filter((name) => isIP(name) === 0),
    ip: unique.filter((name) => isIP(name) !== 0).map(addressBytes),
  });
}

/** 4 or 16 bytes of an address. */
function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
  const front = groups(head);
  const back = address.includes("::") ? groups(tail) : [];
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
