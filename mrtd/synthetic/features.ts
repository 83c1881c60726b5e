/** What a synthetic chip can do beside holding data, and the files that say so: EF.CardAccess, EF.CardSecurity, DG14, DG15. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import { composeProtocol } from "../access/pace/protocol.ts";
import { secretNumber } from "../agreement/private-key.ts";
import { composeStandardKey } from "../agreement/public-key.ts";
import { standardGroup } from "../agreement/standard-groups.ts";
import { fileIdentities, type PassportFiles } from "../lds/file.ts";
import { composeDg14, composeInfo, composeInfos, protocolOid } from "../lds/security-infos.ts";
import { oid } from "../tlv/der.ts";
import { tlv } from "../tlv/write.ts";
import { makeEcKey } from "./authority.ts";

/** One PACEInfo: family arc (1 DH-GM, 2 ECDH-GM, 3 DH-IM, 4 ECDH-IM, 6 ECDH-CAM), cipher arc (1 3DES, 2 to 4 AES), parameter number. */
export type PaceOffer = readonly [family: string, cipher: number, parameterId: number];

export interface PassportFeatures {
  readonly bac: boolean;
  readonly pace: readonly PaceOffer[];
  readonly activeAuthentication?: "ecdsa" | "rsa";
  /** Cipher arc and curve number. */
  readonly chipAuthentication?: { readonly cipher: number; readonly parameterId: number };
  /** DG3 and DG4 for terminals with certificates only (EAC version 1); needs chip authentication. */
  readonly terminalAuthentication?: true;
}

const p256 = 12;
const brainpoolP256 = 13;
const aes128 = 2;
const aes256 = 4;

/** Documents as they are in circulation. */
export const passportFeatures = {
  /** Like many of today: opens either way, proves that it is no copy in both ways. */
  standard: {
    bac: true,
    pace: [["2", aes128, p256]],
    activeAuthentication: "ecdsa",
    chipAuthentication: { cipher: aes128, parameterId: p256 },
  },
  /** The same with fingerprints for inspection systems. */
  full: {
    bac: true,
    pace: [["2", aes128, p256]],
    activeAuthentication: "ecdsa",
    chipAuthentication: { cipher: aes128, parameterId: p256 },
    terminalAuthentication: true,
  },
  /** The first generation. */
  bac: { bac: true, pace: [] },
  "bac-aa-rsa": { bac: true, pace: [], activeAuthentication: "rsa" },
  "bac-ca-3des": { bac: true, pace: [], chipAuthentication: { cipher: 1, parameterId: brainpoolP256 } },
  "pace-gm": {
    bac: false,
    pace: [["2", aes128, brainpoolP256]],
    chipAuthentication: { cipher: aes256, parameterId: 16 },
  },
  "pace-gm-3des": { bac: false, pace: [["2", 1, p256]] },
  "pace-gm-aes192": { bac: false, pace: [["2", 3, 15]] },
  "pace-gm-aes256": { bac: false, pace: [["2", aes256, 17]] },
  "pace-gm-p521": { bac: false, pace: [["2", aes256, 18]] },
  "pace-im": { bac: false, pace: [["4", aes128, brainpoolP256]] },
  "pace-im-aes256": { bac: false, pace: [["4", aes256, 16]] },
  "pace-cam": {
    bac: false,
    pace: [
      ["6", aes128, brainpoolP256],
      ["2", aes128, brainpoolP256],
    ],
    chipAuthentication: { cipher: aes128, parameterId: brainpoolP256 },
  },
  /** With fingerprints for inspection systems. */
  eac: {
    bac: true,
    pace: [["2", aes128, brainpoolP256]],
    chipAuthentication: { cipher: aes128, parameterId: brainpoolP256 },
    terminalAuthentication: true,
  },
  "pace-dh-gm": { bac: false, pace: [["1", aes128, 2]] },
  "pace-dh-im": { bac: false, pace: [["3", aes128, 0]] },
} as const satisfies Record<string, PassportFeatures>;

export interface SecurityFiles {
  /** In the master file. */
  readonly files: PassportFiles;
  /** DG14 and DG15. */
  readonly groups: PassportFiles;
  readonly chipKeys: { readonly activeAuthentication?: KeyObject; readonly chipAuthentication?: KeyObject };
}

/** Makes the chip's keys and the files that name its features; `sign` makes EF.CardSecurity of its infos. */
export function composeSecurityFiles(
  features: PassportFeatures,
  random: RandomBytes,
  sign: (infos: Uint8Array) => Uint8Array,
): SecurityFiles {
  const { pace, chipAuthentication } = features;
  const paceInfos = pace.map(([family, cipher, parameterId]) =>
    composeInfo(composeProtocol(family, cipher, parameterId)!.oid, 2, parameterId),
  );
  const caKey = chipAuthentication && makeEcKey(random, chipAuthentication.parameterId);
  const caInfos =
    chipAuthentication && caKey
      ? [
          composeInfo(`${protocolOid.chipAuthentication}.2.${chipAuthentication.cipher}`, 1),
          composeInfo(`${protocolOid.chipAuthenticationKey}.2`, publicKeyOf(caKey)),
        ]
      : [];
  const aaKey = makeActiveAuthenticationKey(features, random);
  const aaInfos =
    features.activeAuthentication === "ecdsa"
      ? [composeInfo(protocolOid.activeAuthentication, 1, oid("0.4.0.127.0.7.1.1.4.1.3"))]
      : [];
  const taInfos = features.terminalAuthentication ? [composeInfo(protocolOid.terminalAuthentication, 1)] : [];
  const infos = [...paceInfos, ...caInfos, ...taInfos, ...aaInfos];
  const mapsWithChipKey = pace.some(([family]) => family === "6");
  // The mapping's key goes by the number of its domain parameters, which is its reference too (TR-03110-3 §A.1.1.2).
  const mappingInfos =
    chipAuthentication && caKey ? [composeMappingKey(chipAuthentication.parameterId, secretNumber(caKey))] : [];
  return {
    files: {
      ...(pace.length > 0 && { "EF.CardAccess": composeInfos(paceInfos) }),
      ...(mapsWithChipKey && { "EF.CardSecurity": sign(composeInfos([...paceInfos, ...mappingInfos])) }),
    },
    groups: {
      ...(infos.length > 0 && { DG14: composeDg14(infos) }),
      ...(aaKey && { DG15: tlv(fileIdentities.DG15.tag!, publicKeyOf(aaKey)) }),
    },
    chipKeys: { ...(aaKey && { activeAuthentication: aaKey }), ...(caKey && { chipAuthentication: caKey }) },
  };
}

function composeMappingKey(parameterId: number, secret: bigint): Uint8Array {
  const group = standardGroup(parameterId)!;
  const key = composeStandardKey(parameterId, group.multiply(group.generator, secret));
  return composeInfo(`${protocolOid.chipAuthenticationKey}.2`, key, parameterId);
}

/** An RSA key comes from node:crypto's own randomness: no document with one is the same twice. */
function makeActiveAuthenticationKey(features: PassportFeatures, random: RandomBytes): KeyObject | undefined {
  if (features.activeAuthentication === "ecdsa") return makeEcKey(random);
  if (features.activeAuthentication === "rsa") return generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
  return undefined;
}

function publicKeyOf(key: KeyObject): Uint8Array {
  return new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }));
}
