/** Every standardised group: if this fails, documents on that curve do not open, or a chip can make the reader agree on a key that it knows beforehand. */
import { createECDH } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { PaceChip, PaceTerminal } from "../../mrtd/access/pace/pace.ts";
import { composeProtocol } from "../../mrtd/access/pace/protocol.ts";
import { drawKeyPair, toBytes } from "../../mrtd/agreement/group.ts";
import { standardGroup, standardGroupIds } from "../../mrtd/agreement/standard-groups.ts";
import { seededRandom } from "./fixture.ts";
import { hex } from "./shared-data.ts";

/** OpenSSL's names; the other curves have the same ones here and there. */
const opensslName: Record<string, string> = { secp192r1: "prime192v1", secp256r1: "prime256v1" };

describe("groups for key agreement", () => {
  for (const id of standardGroupIds("ECDH")) {
    const group = standardGroup(id)!;
    it(`${group.name} computes what OpenSSL computes`, () => {
      const own = drawKeyPair(group, seededRandom(`own ${id}`));
      const judge = createECDH(opensslName[group.name] ?? group.name);
      judge.setPrivateKey(Buffer.from(toBytes(own.secret, (group.order.toString(16).length + 1) >> 1)));
      expect(hex(own.publicKey)).toBe(judge.getPublicKey("hex"));
      const peer = drawKeyPair(group, seededRandom(`peer ${id}`)).publicKey;
      expect(hex(group.secretOf(group.multiply(peer, own.secret)))).toBe(judge.computeSecret(peer).toString("hex"));
    });

    it(`${group.name} computes the same by OpenSSL and by itself`, () => {
      const { secret } = drawKeyPair(group, seededRandom(`own ${id}`));
      const twice = group.combine(group.generator, group.generator);
      // Multiples of the generator and agreed secrets are OpenSSL's, multiples of other points our own.
      expect(hex(group.multiply(twice, secret))).toBe(hex(group.multiply(group.generator, 2n * secret)));
      expect(hex(group.agree(twice, secret))).toBe(hex(group.secretOf(group.multiply(twice, secret))));
    });

    it(`${group.name} refuses what is not of it`, () => {
      const { publicKey } = drawKeyPair(group, seededRandom("point"));
      const off = Uint8Array.from(publicKey);
      off[off.length - 1]! ^= 1;
      for (const bad of [
        off,
        publicKey.subarray(1),
        Uint8Array.of(0),
        new Uint8Array(publicKey.length),
        publicKey.subarray(0, -1),
      ]) {
        expect(() => group.multiply(bad, 2n)).toThrow(expect.objectContaining({ code: "mrtd/agreement-element" }));
        expect(() => group.agree(bad, 2n)).toThrow(expect.objectContaining({ code: "mrtd/agreement-element" }));
      }
      for (const neutral of [0n, group.order])
        expect(() => group.multiply(group.generator, neutral)).toThrow("mrtd/agreement-element");
    });
  }

  for (const id of standardGroupIds("DH")) {
    it(`${standardGroup(id)!.name}: both sides agree; small subgroups are refused`, () => {
      const group = standardGroup(id)!;
      const [a, b] = [drawKeyPair(group, seededRandom("a")), drawKeyPair(group, seededRandom("b"))];
      expect(hex(group.multiply(a.publicKey, b.secret))).toBe(hex(group.multiply(b.publicKey, a.secret)));
      const length = a.publicKey.length;
      for (const bad of [0n, 1n, group.prime - 1n, group.prime, 2n]) {
        expect(() => group.multiply(toBytes(bad, length), 3n)).toThrow(
          expect.objectContaining({ code: "mrtd/agreement-element" }),
        );
      }
    });
  }
});

describe("PACE on every group, mapping and cipher", () => {
  const families = ["1", "2", "3", "4", "6"];
  const variants = families.flatMap((family) =>
    [...standardGroupIds("DH"), ...standardGroupIds("ECDH")].flatMap((id) =>
      [1, 2, 3, 4].map((cipher) => composeProtocol(family, cipher, id)),
    ),
  );
  const spoken = variants.filter((protocol) => protocol !== undefined);

  it("covers what the norm has", () => {
    // 3 integers × 2 mappings × 4 ciphers; 11 curves × (4 generic + 3 chip authentication); 10 curves × 4 integrated.
    expect(spoken.length).toBe(3 * 2 * 4 + 11 * 7 + 10 * 4);
  });

  const key = { kind: "can", can: "123456" } as const;
  const sample = spoken.filter(({ parameterId, cipher }, i) => (parameterId <= 2 ? cipher === "AES-128" : i % 5 === 0));
  it.each(
    sample.map((protocol) => [`${protocol.mapping} ${protocol.group.name} ${protocol.cipher}`, protocol] as const),
  )("%s", (name, protocol) => {
    const terminal = new PaceTerminal(protocol, key, seededRandom(`terminal ${name}`));
    const chip = new PaceChip(protocol, key, seededRandom(`chip ${name}`));
    terminal.takeNonce(chip.encryptedNonce());
    terminal.map(chip.map(terminal.mappingData()));
    const [a, b] = [terminal.ephemeralKey(), chip.ephemeralKey()];
    terminal.agree(b);
    chip.agree(a);
    expect(chip.accepts(terminal.token())).toBe(true);
    expect(terminal.accepts(chip.token())).toBe(true);
    const [left, right] = [terminal.session(), chip.session()];
    const command = { cla: 0, ins: 0xb0, p1: 1, p2: 2, le: 256 };
    expect(right.openCommand(left.protect(command))).toEqual(command);
    expect(left.open(right.protectResponse({ data: a, status: 0x9000 }, false)).data).toEqual(a);
  });
});
