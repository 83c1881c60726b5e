/**
 * Dual control: what can hurt many is proposed by one officer and carried out by another. Nobody approves their own, two who approve at
 * once carry it out once, and a proposal of somebody who has left since, or that has waited too long, is worth nothing.
 */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { PKI_LIMITS } from "../pki/limits.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { ProposalRecord } from "../register/records.ts";
import type { Register } from "../register/register.ts";
import { certifyCard, expectCompared, readCardRequest } from "../staff/officer-keys.ts";
import type { Staff } from "../staff/staff.ts";
import { Proposal, proposalTold } from "./proposal.ts";

/** What came of it; a code is told once, to whoever approved. */
export interface Outcome {
  readonly text: string;
  readonly code?: string;
}

export interface ProposalTools {
  readonly register: Register;
  readonly staff: Staff;
  readonly office: CertificateOffice | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Erases all captures of a case. */
  readonly erase: (caseId: string, why: { reason: string; policy: string; by: string }) => Promise<void>;
  /** Puts on the record that a policy should not have been. */
  readonly doubtPolicy: (version: number, since: Date | null, by: string) => Promise<void>;
  /** Throws where there was none of that version. */
  readonly policyVersion: (version: number) => Promise<unknown>;
  /** Writes an export of the audit log; its folder. */
  readonly exportLog: () => Promise<string>;
  /** Writes an export of a case as it came; its folder. */
  readonly exportCase: (caseId: string) => Promise<string>;
}

export class Proposals {
  readonly #tools: ProposalTools;

  constructor(tools: ProposalTools) {
    this.#tools = tools;
  }

  /** The newest first; those that waited too long are over. */
  list(): ProposalRecord[] {
    return this.#tools.register
      .proposals(100)
      .map((proposal) => (this.#isLate(proposal) ? { ...proposal, state: "expired" } : proposal));
  }

  /** Throws what can be seen to be wrong already: `certificate/…`, `request/…`, `person/…`, `updates/version-unknown`. */
  async propose(asked: Proposal, by: string): Promise<ProposalRecord> {
    const { register, random } = this.#tools;
    const proposal = await this.#checked(asked);
    const id = Buffer.from(random(6)).toString("hex");
    const at = this.#now();
    register.change(() => {
      register.addProposal({
        id,
        kind: proposal.kind,
        content: JSON.stringify(proposal),
        proposedBy: by,
        proposedAt: at,
      });
      this.#note(at, by, "proposal.made", id, proposal);
    });
    return register.proposal(id)!;
  }

  /**
   * `compared`: the digits that the card's holder showed, of a key that is to be certified. Throws `proposal/unknown`, `proposal/own`, `proposal/decided`,
   * `proposal/expired`, `proposal/proposer-left`, `person/fingerprint-differs`, and what carrying it out throws.
   */
  async approve(id: string, by: string, compared = ""): Promise<Outcome> {
    const { register, staff } = this.#tools;
    const known = this.#waiting(id);
    if (known.proposedBy === by) throw new KabinaError("proposal/own");
    if (!staff.active(known.proposedBy)?.roles.includes("security-officer"))
      throw new KabinaError("proposal/proposer-left");
    const at = this.#now();
    const proposal = Proposal.parse(JSON.parse(known.content));
    if (proposal.kind === "staff.certify") expectCompared(proposal.keyId ?? "", compared);
    // Who moves it first carries it out; in the log both are named before anything happens.
    register.change(() => {
      if (!register.moveProposal(id, "waiting", { state: "approved", decidedBy: by, decidedAt: at, outcome: null }))
        throw new KabinaError("proposal/decided", { id });
      this.#note(at, by, "proposal.approved", id, proposal, { proposedBy: known.proposedBy });
    });
    try {
      const outcome = await this.#carryOut(proposal, `${known.proposedBy}+${by}`);
      register.change(() => {
        register.moveProposal(id, "approved", { state: "done", decidedBy: by, decidedAt: at, outcome: outcome.text });
        this.#note(this.#now(), "server", "proposal.done", id, proposal, { outcome: outcome.text });
      });
      return outcome;
    } catch (error) {
      const outcome = error instanceof KabinaError ? error.code : "internal/unexpected";
      register.change(() => {
        register.moveProposal(id, "approved", { state: "failed", decidedBy: by, decidedAt: at, outcome });
        this.#note(this.#now(), "server", "proposal.failed", id, proposal, { code: outcome });
      });
      throw error;
    }
  }

  /** Anybody's, also one's own: taking back needs no second person. Throws `proposal/unknown`, `proposal/decided`. */
  refuse(id: string, by: string): void {
    const { register } = this.#tools;
    const known = this.#waiting(id);
    const at = this.#now();
    register.change(() => {
      if (!register.moveProposal(id, "waiting", { state: "refused", decidedBy: by, decidedAt: at, outcome: null }))
        throw new KabinaError("proposal/decided", { id });
      this.#note(at, by, "proposal.refused", id, Proposal.parse(JSON.parse(known.content)));
    });
  }

  async #carryOut(proposal: Proposal, by: string): Promise<Outcome> {
    const { register, staff, erase, exportLog, exportCase } = this.#tools;
    switch (proposal.kind) {
      case "staff.add": {
        const { id, name, roles: held } = proposal;
        return { text: id, code: staff.add({ id, name, roles: held }, by) };
      }
      case "staff.disable":
        staff.disable(proposal.id, by, proposal.since ? new Date(proposal.since) : null);
        return { text: proposal.id };
      case "staff.renew":
        return { text: proposal.id, code: staff.renew(proposal.id, by) };
      case "case.erase":
        await erase(proposal.caseId, { reason: proposal.reason, policy: "two-officers", by });
        return { text: proposal.caseId };
      case "case.export":
        return { text: await exportCase(proposal.caseId) };
      case "audit.export":
        return { text: await exportLog() };
      case "policy.doubt":
        await this.#tools.doubtPolicy(proposal.version, proposal.since === null ? null : new Date(proposal.since), by);
        return { text: String(proposal.version) };
      case "certificate.revoke": {
        const since = proposal.since === null ? null : new Date(proposal.since);
        return { text: String(this.#office().revoke([proposal.serial], by, proposal.reason, since).length) };
      }
      case "staff.certify": {
        const own = this.#office();
        const request = await readCardRequest(Buffer.from(proposal.request, "base64"), proposal.id, own);
        return { text: (await certifyCard(request, own, by, this.#now())).serialHex };
      }
      default: {
        const now = this.#now();
        const chosen = register
          .search(
            proposal.kind === "issuer.revoke-all" ? { issuer: proposal.issuer, revoked: false } : { revoked: false },
          )
          .filter((record) => record.notAfter > now)
          .filter((record) => proposal.kind !== "office.revoke" || record.office === proposal.office)
          .map(({ serial }) => serial);
        const since = proposal.since === null ? null : new Date(proposal.since);
        return { text: String(this.#office().revoke(chosen, by, "affiliationChanged", since).length) };
      }
    }
  }

  /** The proposal with what the server has found in it. */
  async #checked(proposal: Proposal): Promise<Proposal> {
    const { register, policyVersion } = this.#tools;
    switch (proposal.kind) {
      case "policy.doubt":
        await policyVersion(proposal.version);
        return proposal;
      case "certificate.revoke": {
        const record = register.certificate(proposal.serial);
        if (!record) throw new KabinaError("certificate/unknown", { serial: proposal.serial });
        // An authority's own certificate is the root's to take back: its loss is everybody's.
        if (record.issuer === "root") throw new KabinaError("certificate/of-authority");
        return proposal;
      }
      case "staff.certify": {
        const request = await readCardRequest(Buffer.from(proposal.request, "base64"), proposal.id, this.#office());
        return { ...proposal, keyId: request.keyId };
      }
      default:
        return proposal;
    }
  }

  #office(): CertificateOffice {
    const { office } = this.#tools;
    if (!office) throw new KabinaError("authority/absent", { path: "" });
    return office;
  }

  #waiting(id: string): ProposalRecord {
    const known = this.#tools.register.proposal(id);
    if (!known) throw new KabinaError("proposal/unknown", { id });
    if (known.state !== "waiting") throw new KabinaError("proposal/decided", { id });
    if (this.#isLate(known)) throw new KabinaError("proposal/expired", { id });
    return known;
  }

  #isLate({ state, proposedAt }: ProposalRecord): boolean {
    return state === "waiting" && Date.parse(proposedAt) + PKI_LIMITS.proposalMs < this.#tools.clock.now().getTime();
  }

  #now(): string {
    return this.#tools.clock.now().toISOString();
  }

  #note(at: string, by: string, kind: string, id: string, proposal: Proposal, more: Record<string, string> = {}): void {
    const data = { content: JSON.stringify(proposalTold(proposal)).slice(0, 1000), ...more };
    this.#tools.register.addEvent({ at, by, kind, subject: id, data });
  }
}
