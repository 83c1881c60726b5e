import { describe, expect, test } from "@jest/globals";
import { GONE_AFTER_MS, ScreenClaim } from "../../../booth/api/screen-claim.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";

const hello = (token: string | null = null, takeOver = false) =>
  ({ type: "hello", token, takeOver, camera: false }) as const;

describe("one screen has the booth", () => {
  test("a second browser is told that the booth is in use, and its wish to take over changes nothing while the first is there", () => {
    const claim = new ScreenClaim(systemRandom, () => 0);
    expect(claim.hello(hello(), false).granted).toBe(true);
    expect(claim.hello(hello(), true)).toMatchObject({ granted: false, canTakeOver: false });
    expect(claim.hello(hello("guessed-token", true), true)).toMatchObject({ granted: false, token: null });
    expect(claim.hello(hello(null, true), false).granted).toBe(false);
  });

  test("a reload keeps the place", () => {
    const claim = new ScreenClaim(systemRandom, () => 0);
    const { token } = claim.hello(hello(), false);
    claim.gone();
    expect(claim.hello(hello(token), true)).toMatchObject({ granted: true, token });
  });

  test("a running session is taken over only when its screen has been gone for a while, and only when asked; the old token is dead then", () => {
    let now = 0;
    const claim = new ScreenClaim(systemRandom, () => now);
    const first = claim.hello(hello(), false).token;
    claim.gone();
    now = GONE_AFTER_MS - 1;
    expect(claim.hello(hello(null, true), true).granted).toBe(false);
    now = GONE_AFTER_MS;
    expect(claim.hello(hello(), true)).toMatchObject({ granted: false, canTakeOver: true });
    expect(claim.hello(hello(null, true), true).granted).toBe(true);
    expect(claim.hello(hello(first), true).granted).toBe(false);
  });

  test("between sessions a new screen need not wait for one that is gone", () => {
    const claim = new ScreenClaim(systemRandom, () => 0);
    claim.hello(hello(), false);
    claim.gone();
    expect(claim.hello(hello(), false).granted).toBe(true);
  });
});
