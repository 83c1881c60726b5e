/** The fields of the form, in its order: which value of the policy each holds, and how it is written. */
import { portraitMeasures, type SessionPolicy } from "../../../crypto/policy/session-policy.ts";

/** `seconds`: milliseconds in the policy; `choice`: one of `choices`; `switch`: true is `asked`, false `notAsked`. */
export interface PolicyField<Path extends string = string> {
  readonly path: Path;
  readonly kind: "text" | "number" | "seconds" | "choice" | "switch";
  readonly choices?: readonly (
    | "required"
    | "optional"
    | "resume"
    | "erase"
    | "read"
    | "leave"
    | "asked"
    | "notAsked"
  )[];
}

const number = <Path extends string>(path: Path) => ({ path, kind: "number" }) as const;
const seconds = <Path extends string>(path: Path) => ({ path, kind: "seconds" }) as const;
const choice = <Path extends string, Choice extends string>(path: Path, ...choices: Choice[]) =>
  ({ path, kind: "choice", choices }) as const;
const asked = <Path extends string>(path: Path) => ({ path, kind: "switch", choices: ["asked", "notAsked"] }) as const;

export const policySections = {
  whole: [{ path: "version", kind: "text" }],
  visit: [
    choice("slip", "required", "optional"),
    number("slipTries"),
    choice("resume.afterPowerCut", "resume", "erase"),
    seconds("resume.withinMs"),
    seconds("warningMs"),
    number("helpFactor"),
  ],
  steps: [
    seconds("stepMs.resume"),
    seconds("stepMs.consent"),
    seconds("stepMs.slip"),
    seconds("stepMs.document"),
    seconds("stepMs.confirm"),
    seconds("stepMs.face"),
    seconds("stepMs.fingers"),
    seconds("stepMs.signature"),
    seconds("stepMs.review"),
    seconds("stepMs.receipt"),
    seconds("stepMs.verdict"),
    seconds("stepMs.wipe"),
  ],
  chip: [choice("chip.prints", "read", "leave"), choice("chip.irises", "read", "leave")],
  portrait: [number("face.burst"), number("face.maxTries"), asked("face.challenge"), asked("face.colours")],
  fingers: [
    number("fingers.maxTries"),
    number("fingers.redos"),
    number("fingers.wanted"),
    number("fingers.least"),
    number("fingers.agreeing"),
    number("fingers.staffTries"),
    number("fingers.temporaryDays"),
  ],
  machine: [
    seconds("sealRetryMs"),
    seconds("sealSlowMs"),
    seconds("diskPatienceMs"),
    number("packageDays"),
    { path: "suite", kind: "text" },
  ],
} as const;

export type PolicySection = keyof typeof policySections;
export type FieldPath = (typeof policySections)[PolicySection][number]["path"];

const fields: readonly PolicyField<FieldPath>[] = Object.values(policySections).flat();
const byPath = new Map<string, PolicyField<FieldPath>>(fields.map((field) => [field.path, field]));
export const fieldAt = (path: string): PolicyField<FieldPath> | undefined => byPath.get(path);

/** What the form holds: what was typed, which may be no policy yet. */
export interface PolicyEntry {
  readonly values: Readonly<Record<FieldPath, string>>;
  /** Least values of the portrait's measures; empty for the software's own. */
  readonly limits: Readonly<Record<string, string>>;
  readonly languages: SessionPolicy["languages"];
  readonly fees: readonly Readonly<Record<keyof SessionPolicy["fees"][number], string>>[];
  /** Drivers of a kind of device, with commas between. */
  readonly devices: Readonly<Record<string, string>>;
}

const ms = 1000;

export function entryOf(policy: SessionPolicy): PolicyEntry {
  const values = Object.fromEntries(
    fields.map(({ path, kind }) => {
      const value = valueAt(policy, path);
      return [path, written(kind, value)];
    }),
  ) as Record<FieldPath, string>;
  return {
    values,
    limits: Object.fromEntries(portraitMeasures.map((name) => [name, String(policy.face.pass[name] ?? "")])),
    languages: [...policy.languages],
    fees: policy.fees.map(({ fromAge, toAge, amount, currency }) => ({
      fromAge: String(fromAge),
      toAge: String(toAge),
      amount: String(amount),
      currency,
    })),
    devices: Object.fromEntries(Object.entries(policy.devices).map(([kind, names]) => [kind, names.join(", ")])),
  };
}

/** The policy as typed, for `policyFaults` to judge: what is no number stays text. */
export function policyOf({ values, limits, languages, fees, devices }: PolicyEntry): Record<string, unknown> {
  const policy: Record<string, unknown> = {};
  for (const { path, kind } of fields) put(policy, path, typed(kind, values[path]));
  put(
    policy,
    "face.pass",
    filled(limits, (text) => typed("number", text)),
  );
  policy.languages = languages;
  policy.fees = fees.map(({ fromAge, toAge, amount, currency }) => ({
    fromAge: typed("number", fromAge),
    toAge: typed("number", toAge),
    amount: typed("number", amount),
    currency: currency.trim(),
  }));
  policy.devices = filled(devices, (text) =>
    text
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
  );
  return policy;
}

function filled<T>(entries: Readonly<Record<string, string>>, read: (text: string) => T): Record<string, T> {
  const written = Object.entries(entries).filter(([, text]) => text.trim() !== "");
  return Object.fromEntries(written.map(([name, text]) => [name, read(text)]));
}

function written(kind: PolicyField["kind"], value: unknown): string {
  if (kind === "switch") return value === true ? "asked" : "notAsked";
  return kind === "seconds" ? String(Number(value) / ms) : String(value);
}

function typed(kind: PolicyField["kind"], text: string): unknown {
  if (kind === "switch") return text === "asked";
  if (kind === "text" || kind === "choice") return text.trim();
  const number = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(number)) return text;
  return kind === "seconds" ? Math.round(number * ms) : number;
}

function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);
}

function put(target: Record<string, unknown>, path: string, value: unknown): void {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) target[first] = value;
  else {
    target[first] ??= {};
    put(target[first] as Record<string, unknown>, rest.join("."), value);
  }
}
