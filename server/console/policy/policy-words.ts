/** A value of the policy in words: what it is called, and how it is written. */

import type { PolicyFault } from "../../../crypto/policy/policy-faults.ts";
import { policyDeviceKinds, portraitMeasures } from "../../../crypto/policy/session-policy.ts";
import type { Say } from "../texts/use-texts.ts";
import { fieldAt } from "./policy-fields.ts";

const feeParts = ["fromAge", "toAge", "amount", "currency"] as const;

const entryParts = [
  "kind",
  "maker",
  "model",
  "serial",
  "certificateSha256",
  "reason",
  "since",
  "until",
  "note",
] as const;

export function nameOf(t: Say, path: string): string {
  if (path.startsWith("hotList.")) {
    const [, id = "", ...rest] = path.split(".");
    const part = entryParts.find((name) => name === rest.at(-1));
    return t("hotList.of", { id, what: part === undefined ? t("hotList.title") : t(`hotList.${part}`) });
  }
  const field = fieldAt(path);
  if (field) return t(`policy.field.${field.path}`);
  const [first, second, third] = path.split(".");
  if (first === "languages") return t("policy.field.languages");
  if (first === "fees") {
    const part = feeParts.find((name) => name === third);
    if (part === undefined) return t("policy.section.fees");
    return t("policy.fee.of", { number: Number(second) + 1, what: t(`policy.fee.${part}`) });
  }
  if (first === "devices") {
    const kind = policyDeviceKinds.find((name) => name === second);
    if (kind === undefined) return t("policy.section.devices");
    return third === undefined
      ? t(`policy.device.${kind}`)
      : t("policy.driver", { device: t(`policy.device.${kind}`), number: Number(third) + 1 });
  }
  if (first === "face" && second === "pass") {
    const measure = portraitMeasures.find((name) => name === third);
    return measure === undefined ? t("policy.section.limits") : t(`portraitMeasure.${measure}`);
  }
  return path;
}

/** `json`: of one value; null where there is none. */
export function writtenValue(t: Say, path: string, json: string | null): string {
  if (json === null || json === "null" || json === '""') return t("policy.changes.absent");
  const value: unknown = JSON.parse(json);
  const field = fieldAt(path);
  if (field?.kind === "seconds" && typeof value === "number") return `${Number(value) / 1000} ${t("units.s")}`;
  if (path.endsWith(".reason")) return t(`hotList.why.${value as "stolen"}`);
  const kind = path.endsWith(".kind") && policyDeviceKinds.find((name) => name === value);
  if (kind) return t(`policy.device.${kind}`);
  if (field?.kind === "switch") return t(`policy.choice.${value === true ? "asked" : "notAsked"}`);
  const choice = field?.choices?.find((one) => one === value);
  if (choice) return t(`policy.choice.${choice}`);
  if (path.startsWith("languages") && (value === "ru" || value === "en")) return t(`policy.language.${value}`);
  return String(value);
}

export function faultOf(t: Say, { path, kind, limit }: PolicyFault): string {
  const shown = fieldAt(path)?.kind === "seconds" ? Number(limit) / 1000 : Number(limit);
  if (path.startsWith("hotList.") && path.endsWith(".devices")) return t("hotList.noDevice");
  switch (kind) {
    case "too-small":
      return t("policy.fault.tooSmall", { limit: shown });
    case "too-big":
      return t("policy.fault.tooBig", { limit: shown });
    case "not-below":
      return t("policy.fault.notBelow", { other: nameOf(t, String(limit)) });
    default:
      return t(`policy.fault.${kind}`);
  }
}
