/** What would be lost: captures by limits that somebody lowered at one booth, or a booth punished for a policy that it could not know. */
import { expect, it } from "@jest/globals";
import type { TimeBounds } from "../../crypto/package/time-bounds.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import { checkPolicy } from "../../server/pipeline/policy-time.ts";
import { portraitPolicy } from "../../server/pipeline/portrait-limits.ts";

const on = (day: number) => new Date(Date.UTC(2026, 10, day));
const sealed = (day: number): TimeBounds => ({ claimed: on(day), after: on(day), reckoned: on(day), before: on(29) });
const known = [
  { version: 1, hash: "a".repeat(64), since: on(5), pass: { Sharpness: 30 } },
  { version: 3, hash: "b".repeat(64), since: on(10), pass: {} },
];
const builtIn = policyHash(defaultPolicy);

it.each<[string, number, typeof known, string, string | null]>([
  ["the built-in one where none was signed", 20, [], builtIn, null],
  ["another where none was signed", 20, [], "c".repeat(64), "review/policy-unsigned"],
  ["the one in force", 6, known, "a".repeat(64), null],
  ["the one before, within a booth's time", 16, known, "a".repeat(64), null],
  ["the one before, long after", 18, known, "a".repeat(64), "review/policy-old"],
  ["the built-in one, long after the first was signed", 13, known, builtIn, "review/policy-old"],
  ["the newest, for good", 28, known, "b".repeat(64), null],
  ["one that nobody signed", 12, known, "c".repeat(64), "review/policy-unknown"],
])("%s", (_what, day, policies, hash, reason) => {
  expect(checkPolicy(hash, sealed(day), policies).reason).toBe(reason);
});

it("one that came into force only after the package was here was not its policy", () => {
  const bounds = { ...sealed(2), before: on(3) };
  expect(checkPolicy("a".repeat(64), bounds, known).reason).toBe("review/policy-unknown");
});

it("a portrait is judged by the limits that its person followed, or by those in force where they are not known here", () => {
  const [first, newest] = known;
  const { hash, version, pass } = first!;
  expect(portraitPolicy(hash, known)).toEqual({ version, pass, source: "named" });
  expect(portraitPolicy(builtIn, known)).toEqual({ version: 0, pass: {}, source: "named" });
  const unknown = "c".repeat(64);
  expect(portraitPolicy(unknown, known)).toEqual({ version: newest!.version, pass: newest!.pass, source: "current" });
  expect(portraitPolicy(unknown, [])).toEqual({ version: 0, pass: {}, source: "current" });
});
