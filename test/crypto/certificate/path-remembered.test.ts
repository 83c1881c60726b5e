/** A path that held is not looked at again but for its moment and its revocation. What would be lost: a stolen booth that is believed because it once was. */
import { beforeAll, expect, it } from "@jest/globals";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { judgePath } from "../../../crypto/certificate/path.ts";
import { makeWorld, type World } from "../package/fixture.ts";

let world: World;
let chain: readonly Certificate[];
beforeAll(async () => {
  world = await makeWorld("remembered path");
  chain = world.booth.chain;
});

const at = (moment: Date, more = {}) =>
  judgePath({
    leaf: chain[0]!,
    intermediates: chain.slice(1),
    anchors: world.anchors,
    at: moment,
    usage: "digitalSignature",
    ...more,
  }).fault?.code;

it("holds within the life of its certificates, and is refused before, after, when revoked, and under other anchors", async () => {
  const { notBefore, notAfter } = chain[0]!;
  const middle = new Date((notBefore.getTime() + notAfter.getTime()) / 2);
  const second = (of: Date, by: number) => new Date(of.getTime() + by * 1000);
  for (let time = 0; time < 2; time++) {
    expect(at(middle)).toBeUndefined();
    expect(at(notBefore)).toBeUndefined();
    expect(at(notAfter)).toBeUndefined();
    expect(at(second(notBefore, -1))).toBe("certificate/not-yet-valid");
    expect(at(second(notAfter, 1))).toBe("certificate/expired");
    expect(at(middle, { revoked: () => true })).toBe("certificate/revoked");
    expect(at(middle, { revoked: (one: Certificate) => one === chain[1] })).toBe("certificate/revoked");
    expect(at(middle, { intermediates: [] })).toBe("certificate/issuer-unknown");
    expect(at(middle, { anchors: (await makeWorld("another root")).anchors })).toBeDefined();
    expect(at(middle, { purpose: "1.3.6.1.5.5.7.3.1" })).toBe("certificate/purpose");
    expect(at(middle, { usage: "keyAgreement" })).toBe("certificate/purpose");
  }
});
