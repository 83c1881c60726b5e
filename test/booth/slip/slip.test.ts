import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { SlipBook, slipFolder } from "../../../booth/slip/book.ts";
import type { Clock } from "../../../crypto/environment.ts";
import { FileKeyStore } from "../../../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { publishSlipIssuers } from "../../../crypto/slip/issuers.ts";
import { newSlipNumber, parseSlipNumber } from "../../../crypto/slip/number.ts";
import { signSlip, verifySlip } from "../../../crypto/slip/token.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

const now = new Date("2026-11-21T12:00:00Z");
const clock: Clock = { now: () => now, monotonic: () => 0 };
const hours = (n: number) => new Date(now.getTime() + n * 3_600_000);

describe("slip number", () => {
  test("one wrong digit, or two neighbours swapped, is told before anybody waits", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        fc.nat(9),
        fc.integer({ min: 1, max: 9 }),
        (seed, at, by) => {
          seed[0] = seed[0]! % 0xee;
          const number = newSlipNumber(() => seed);
          expect(parseSlipNumber(`${number.slice(0, 3)} ${number.slice(3, 6)}-${number.slice(6)}`)).toBe(number);
          const wrong = [...number];
          wrong[at] = String((Number(wrong[at]) + by) % 10);
          expect(parseSlipNumber(wrong.join(""))).toBeUndefined();
        },
      ),
    );
  });

  test.each(["", "123", "' OR 1=1 --", "<script>", "12345678901", "１２３４５６７８９０", "..%2f..%2f"])(
    "%j is no number",
    (text) => {
      expect(parseSlipNumber(text)).toBeUndefined();
    },
  );
});

describe("slip", () => {
  let data: string;
  let booth: string;
  let desk: PrivateKeyHandle;
  let stranger: PrivateKeyHandle;
  let book: SlipBook;

  beforeAll(async () => {
    data = mkdtempSync(join(tmpdir(), "kabina-slip-"));
    booth = join(data, "booth");
    for (const folder of ["booth/trust", "authority"]) mkdirSync(join(data, folder), { recursive: true });
    const store = await FileKeyStore.openOrCreate(
      join(booth, "keys"),
      Buffer.from("a passphrase of a test"),
      systemRandom,
    );
    desk = await store.generate("slip-issuer");
    stranger = await store.generate("booth-journal");
    await publishSlipIssuers(data, store, clock.now());
    book = await SlipBook.open(booth, clock);
  });
  afterAll(() => rmSync(data, { recursive: true, force: true }));

  const make = async (options: { from?: Date; to?: Date; key?: PrivateKeyHandle; number?: string } = {}) => {
    const number = options.number ?? newSlipNumber(systemRandom);
    const slip = { number, office: "office-1", issuedAt: options.from ?? hours(-1), expiresAt: options.to ?? hours(1) };
    return { number, token: await signSlip(slip, options.key ?? desk) };
  };
  const sentAhead = async (options: Parameters<typeof make>[0] = {}) => {
    const slip = await make(options);
    writeFileSync(join(slipFolder(booth), "issued", slip.number), `${slip.token}\n`);
    return slip;
  };

  test("a scanned code carries itself; a typed number finds what the desk sent ahead", async () => {
    const scanned = await make();
    expect(await book.check(scanned.token, "s1")).toMatchObject({
      entered: "scanned",
      slip: { number: scanned.number },
    });
    const typed = await sentAhead();
    expect(await book.check(typed.number, "s1")).toMatchObject({ entered: "typed", slip: { number: typed.number } });
    await expect(book.check(scanned.number, "s1")).rejects.toMatchObject({ code: "slip/unknown" });
  });

  test("a slip serves one session only, also after the booth has been started again", async () => {
    const { number, token } = await sentAhead();
    await book.use(number, "s1");
    await book.use(number, "s1"); // a seal done again after a power cut
    await expect(book.use(number, "s2")).rejects.toMatchObject({ code: "slip/used" });
    const later = await SlipBook.open(booth, clock);
    await expect(later.check(token, "s2")).rejects.toMatchObject({ code: "slip/used" });
    await expect(later.check(number, "s2")).rejects.toMatchObject({ code: "slip/used" });
    expect(readdirSync(join(slipFolder(booth), "issued"))).not.toContain(number);
  });

  test("expired, from the future, of a stranger, changed: each refused with its own reason", async () => {
    const code = async (slip: Promise<{ token: string }>) =>
      book.check((await slip).token, "s").then(
        () => "taken",
        (error: { code: string }) => error.code,
      );
    expect(await code(make({ to: hours(-0.1) }))).toBe("slip/expired");
    expect(await code(make({ from: hours(3 * 8766), to: hours(4 * 8766) }))).toBe("slip/not-yet");
    expect(await code(make({ key: stranger }))).toBe("slip/forged");
    const { token } = await make();
    expect(() => verifySlip(`${token.slice(0, -2)}AA`, [desk.publicKey])).toThrow(
      expect.objectContaining({ code: "slip/forged" }),
    );
    expect(() => verifySlip("KS1.x.y", [desk.publicKey])).toThrow(expect.objectContaining({ code: "slip/malformed" }));
    expect(() => verifySlip("K".repeat(100_000), [desk.publicKey])).toThrow(
      expect.objectContaining({ code: "slip/malformed" }),
    );
  });

  test("a token put under another slip's number does not open a session", async () => {
    const { token } = await make();
    const other = newSlipNumber(systemRandom);
    writeFileSync(join(slipFolder(booth), "issued", other), token);
    await expect(book.check(other, "s")).rejects.toMatchObject({ code: "slip/forged" });
  });
});
