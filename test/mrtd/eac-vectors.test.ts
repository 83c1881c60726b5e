/** The worked example of BSI TR-03110 (as OpenPACE prints it), numbers of PACE, secure messaging and chip authentication. */
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "@jest/globals";
import { deriveKey, keyPurpose } from "../../mrtd/access/key-derivation.ts";
import { genericMapping } from "../../mrtd/access/pace/mapping.ts";
import { choosePace } from "../../mrtd/access/pace/protocol.ts";
import { toNumber } from "../../mrtd/agreement/group.ts";
import { standardGroup } from "../../mrtd/agreement/standard-groups.ts";
import { parseCardAccess } from "../../mrtd/lds/security-infos.ts";
import { cmac } from "../../mrtd/messaging/aes.ts";
import { readCardSecurity } from "../../mrtd/proof/card-security.ts";
import { oid } from "../../mrtd/tlv/der.ts";
import { tlv } from "../../mrtd/tlv/write.ts";
import { hex, sharedData, unhex, whenShared } from "./shared-data.ts";

const file = sharedData("mrtd/eac/openpace-eactest.json");
const profiles = sharedData("mrtd/eac/persosim-profiles.json");

whenShared(file)("BSI TR-03110 worked example", () => {
  const vectors = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")).vectors as Record<string, string>) : {};
  const v = (name: string) => unhex(vectors[`tc_ecdh_${name}`]!);
  const group = standardGroup(13)!;

  it("PACE: maps the nonce, agrees, derives, authenticates", () => {
    const h = group.multiply(v("map_picc_pub_key"), toNumber(v("map_pcd_priv_key")));
    expect(hex(h)).toBe(hex(v("map_shared_secret_h")));
    const generator = genericMapping(group, v("nonce"), h);
    expect(hex(generator)).toBe(hex(v("map_generator")));
    expect(hex(group.multiply(generator, toNumber(v("pcd_priv_key"))))).toBe(hex(v("pcd_pub_key")));
    const secret = group.secretOf(group.multiply(v("picc_pub_key"), toNumber(v("pcd_priv_key"))));
    expect(hex(secret)).toBe(hex(v("shared_secret_k")));
    const keys = [keyPurpose.encryption, keyPurpose.mac].map((purpose) => hex(deriveKey(secret, purpose, "AES-128")));
    expect(keys).toEqual([hex(v("k_enc")), hex(v("k_mac"))]);
    const token = (key: Uint8Array) =>
      hex(cmac(v("k_mac"), tlv(0x7f49, oid("0.4.0.127.0.7.2.2.4.2.2"), tlv(0x86, key))).subarray(0, 8));
    expect([token(v("picc_pub_key")), token(v("pcd_pub_key"))]).toEqual([
      hex(v("authentication_token_pcd")),
      hex(v("authentication_token_picc")),
    ]);
  });

  it("chip authentication: the common secret", () => {
    const common = group.multiply(v("ca_picc_pub_key"), toNumber(v("ca_pcd_priv_key")));
    expect(hex(group.secretOf(common))).toBe(hex(v("ca_shared_secret_k")));
  });

  it("reads EF.CardAccess samples of old and new cards", () => {
    expect(choosePace(parseCardAccess(unhex(vectors.ef_cardaccess_slowenia!)))).toBeUndefined();
    expect(parseCardAccess(v("ef_cardaccess")).length).toBeGreaterThan(5);
    expect(parseCardAccess(unhex(vectors.ef_cardaccess_old_testcard!)).length).toBeGreaterThan(5);
  });
});

whenShared(profiles)("German test cards", () => {
  const all = existsSync(profiles)
    ? (JSON.parse(readFileSync(profiles, "utf8")).profiles as Record<
        string,
        { EfCardAccess: string; EfCardSecurity: string }
      >)
    : {};
  for (const [name, { EfCardAccess, EfCardSecurity }] of Object.entries(all)) {
    it(`${name}: EF.CardAccess offers PACE, EF.CardSecurity is signed`, () => {
      expect(choosePace(parseCardAccess(unhex(EfCardAccess)))?.group.name).toBe("brainpoolP256r1");
      const { chipKeys, proof } = readCardSecurity(unhex(EfCardSecurity), { csca: [] }, new Date("2015-01-01"));
      expect(chipKeys.length).toBeGreaterThan(0);
      expect(proof.reasons.map(({ code }) => code)).not.toContain("proof/signature-wrong");
    });
  }
});
