/** What would be lost: that a signature met in a known form is judged as one that is read for the first time. */
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { isCoded } from "../../../crypto/errors/kabina-error.ts";
import { verifyManifest } from "../../../crypto/package/verify.ts";
import {
  contentOf,
  makeWorld,
  requestFor,
  sealBytes,
  sealedAt,
  smallParts,
  tarEntries,
  type World,
} from "./fixture.ts";

interface Signed {
  readonly manifest: Buffer;
  readonly signature: Buffer;
}

let world: World;
/** Of one booth, signed at different times, with values of different lengths. */
const signed: Signed[] = [];

beforeAll(async () => {
  world = await makeWorld("manifest signature test");
  for (let index = 0; index < 24; index++) {
    const at = new Date(sealedAt.getTime() + index * 1000);
    const { bytes } = await sealBytes(requestFor(smallParts(world).slice(0, 1)), world.booth, `form ${index}`, at);
    const [manifest, signature] = tarEntries(bytes).slice(0, 2).map(contentOf) as [Buffer, Buffer];
    signed.push({ manifest, signature });
  }
});

function fate({ manifest, signature }: Signed, change: Partial<World["options"]> = {}): string {
  try {
    verifyManifest(manifest, signature, { ...world.options, ...change });
    return "taken";
  } catch (error) {
    return isCoded(error) ? error.code : `crash ${error}`;
  }
}

const lengthOf = ({ signature }: Signed) => signature.length;

describe("signatures of one booth, one after the other", () => {
  it("all are taken, and again", () => {
    expect(new Set(signed.map(lengthOf)).size).toBeGreaterThan(1);
    for (const one of [...signed, ...signed]) expect(fate(one)).toBe("taken");
  });

  it("none fits another's manifest, also where they are of one length", () => {
    const pairs = signed.flatMap((one, index) => signed.slice(index + 1).map((other) => [one, other] as const));
    expect(pairs.filter(([one, other]) => lengthOf(one) === lengthOf(other)).length).toBeGreaterThan(10);
    const fates = pairs.map(([{ manifest }, { signature }]) => fate({ manifest, signature }));
    expect([...new Set(fates)]).toEqual(["package/signature-invalid"]);
  });

  it("a bit changed anywhere in a known form is refused; in the signature's value or what it covers, as an invalid one", () => {
    const { manifest, signature } = signed[0]!;
    const fates = new Map<number, string>();
    for (let bit = 0; bit < signature.length * 8; bit += 17) {
      const changed = Buffer.from(signature);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      fates.set(bit >> 3, fate({ manifest, signature: changed }));
    }
    expect([...fates.values()].filter((one) => !/^(package|certificate)\//.test(one))).toEqual([]);
    const digest = signature.indexOf(createHash("sha256").update(manifest).digest());
    const within = (from: number, to: number) =>
      [...fates].filter(([at]) => at >= from && at < to).map(([, one]) => one);
    const covered = [...within(digest, digest + 32), ...within(signature.length - 64, signature.length)];
    expect(covered.length).toBeGreaterThan(40);
    expect([...new Set(covered)]).toEqual(["package/signature-invalid"]);
  });

  it("a signer is judged every time, however well the form is known", () => {
    const one = signed[1]!;
    expect(fate(one)).toBe("taken");
    expect(fate(one, { anchors: [] })).toBe("certificate/issuer-unknown");
    expect(fate(one, { revokedSince: () => new Date(0) })).toBe("certificate/revoked");
    expect(fate(one, { now: new Date("2028-01-01T00:00:00Z") })).toBe("package/expired");
    expect(fate(one, { least: "p384-sha384-aes256gcm/1" })).toBe("package/suite-weak");
    expect(fate(one)).toBe("taken");
  });
});
