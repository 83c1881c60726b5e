/** Certificate policies along a path (RFC 5280 §6.1.2 to §6.1.5), as sets of what each policy at this depth stands for at the top. */
import { tags } from "../../der/tags.ts";
import type { Certificate } from "../certificate.ts";
import { oids } from "../oids.ts";

/** Policies in play at one depth; a chain built to multiply them is refused. */
const mostPolicies = 1_000;

export interface PolicyInputs {
  /** What the caller accepts; `anyPolicy` when left out. */
  readonly accepted?: readonly string[];
  readonly requireExplicit?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAny?: boolean;
}

/**
 * The valid policy tree without its branches: at each depth, for each policy that is valid there, the policies of the anchor's domain
 * that lead to it. That is all that the outcome depends on (the user's set is intersected with those).
 */
export class PolicyState {
  /** Undefined: the tree is empty. The anchor's any-policy is written `anyPolicy`. */
  #valid: Map<string, Set<string>> | undefined = new Map([[oids.anyPolicy, new Set([oids.anyPolicy])]]);
  #explicit: number;
  #mapping: number;
  #any: number;
  readonly #accepted: readonly string[];

  /** `length`: certificates of the path, without its anchor. */
  constructor(inputs: PolicyInputs, length: number) {
    this.#accepted = inputs.accepted ?? [oids.anyPolicy];
    this.#explicit = inputs.requireExplicit ? 0 : length + 1;
    this.#mapping = inputs.inhibitMapping ? 0 : length + 1;
    this.#any = inputs.inhibitAny ? 0 : length + 1;
  }

  /** §6.1.3 d–f. `last`: the end of the path. False when an explicit policy is needed and there is none. */
  enter(certificate: Certificate, last: boolean): boolean {
    const named = certificate.read(oids.certificatePolicies, (value) =>
      value.expect(tags.sequence).children.map((info) => info.child(0).oid()),
    );
    if (named === undefined) this.#valid = undefined;
    else if (this.#valid) {
      const before = this.#valid;
      const next = new Map<string, Set<string>>();
      const fromAny = before.get(oids.anyPolicy);
      for (const policy of named) {
        if (policy === oids.anyPolicy) continue;
        const origins = before.get(policy);
        if (origins) next.set(policy, origins);
        else if (fromAny) next.set(policy, new Set([...fromAny].map((one) => (one === oids.anyPolicy ? policy : one))));
      }
      if (named.includes(oids.anyPolicy) && (this.#any > 0 || (!last && certificate.selfIssued)))
        for (const [policy, origins] of before) if (!next.has(policy)) next.set(policy, origins);
      this.#valid = next.size === 0 || next.size > mostPolicies ? undefined : next;
    }
    return this.#explicit > 0 || this.#valid !== undefined;
  }

  /** §6.1.4 a–b and h–j: what an authority says of what follows it. Returns what is wrong with it. */
  leave(authority: Certificate): string | undefined {
    const mappings = authority.read(oids.policyMappings, (value) =>
      value.children.map((pair) => [pair.child(0).oid(), pair.child(1).oid()] as const),
    );
    if (mappings?.flat().includes(oids.anyPolicy)) return "policy mapping of any-policy";
    if (mappings && this.#valid) this.#map(mappings);
    if (!authority.selfIssued) {
      this.#explicit = Math.max(0, this.#explicit - 1);
      this.#mapping = Math.max(0, this.#mapping - 1);
      this.#any = Math.max(0, this.#any - 1);
    }
    const { requireExplicit, inhibitMapping } = constraintsOf(authority);
    this.#explicit = Math.min(this.#explicit, requireExplicit ?? this.#explicit);
    this.#mapping = Math.min(this.#mapping, inhibitMapping ?? this.#mapping);
    this.#any = Math.min(
      this.#any,
      authority.read(oids.inhibitAnyPolicy, (value) => value.smallInteger()) ?? this.#any,
    );
    return undefined;
  }

  /** §6.1.5 a–g. The policies, in the anchor's words, that the whole path is valid under; undefined when it may not be used. */
  conclude(leaf: Certificate): readonly string[] | undefined {
    if (!leaf.selfIssued) this.#explicit = Math.max(0, this.#explicit - 1);
    if (constraintsOf(leaf).requireExplicit === 0) this.#explicit = 0;
    const held = new Set([...(this.#valid?.values() ?? [])].flatMap((origins) => [...origins]));
    const any = this.#accepted.includes(oids.anyPolicy);
    const common = any
      ? [...held]
      : held.has(oids.anyPolicy)
        ? [...this.#accepted]
        : this.#accepted.filter((policy) => held.has(policy));
    return this.#explicit > 0 || common.length > 0 ? common : undefined;
  }

  #map(mappings: readonly (readonly [string, string])[]): void {
    const before = this.#valid!;
    const next = new Map(before);
    const any = before.get(oids.anyPolicy);
    for (const [from] of mappings) next.delete(from);
    if (this.#mapping > 0)
      for (const [from, to] of mappings) {
        // An any-policy stands for the issuer's policy that is mapped.
        const origins =
          before.get(from) ?? (any && new Set([...any].map((one) => (one === oids.anyPolicy ? from : one))));
        if (origins) next.set(to, new Set([...(next.get(to) ?? []), ...origins]));
      }
    this.#valid = next.size === 0 || next.size > mostPolicies ? undefined : next;
  }
}

/** RFC 5280 §4.2.1.11. */
function constraintsOf(certificate: Certificate) {
  const fields = certificate.read(oids.policyConstraints, (value) => value.children) ?? [];
  const number = (tag: number) => {
    const field = fields.find((one) => one.tag === tag);
    return field && Number.parseInt(Buffer.from(field.value).toString("hex") || "0", 16);
  };
  return { requireExplicit: number(0x80), inhibitMapping: number(0x81) };
}
