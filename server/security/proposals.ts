/**
 * Dual control: what can hurt many is proposed by one officer and carried out by another. Nobody approves their own, two who approve at
 * once carry it out once, and a proposal of somebody who has left since, or that has waited too long, is worth nothing.
 */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { PKI_LIMITS } from "../pki/limits.ts";
import type { CertificateOffice } from "../pki/office.ts";
import type { ProposalRecord, Register } from "../register/register.ts";
import type { Staff } from "../staff/staff.ts";
import { Proposal } from "./proposal.ts";

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

  propose(proposal: Proposal, by: string): ProposalRecord {
    const { register, random } = this.#tools;
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

  /** Throws `proposal/unknown`, `proposal/own`, `proposal/decided`, `proposal/expired`, `proposal/proposer-left`, and what carrying it out throws. */
  async approve(id: string, by: string): Promise<Outcome> {
    const { register, staff } = this.#tools;
    const known = this.#waiting(id);
    if (known.proposedBy === by) throw new KabinaError("proposal/own");
    if (!staff.active(known.proposedBy)?.roles.includes("security-officer"))
      throw new KabinaError("proposal/proposer-left");
    const at = this.#now();
    const proposal = Proposal.parse(JSON.parse(known.content));
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
    const { register, staff, office, erase, exportLog, exportCase } = this.#tools;
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
      default: {
        if (!office) throw new KabinaError("authority/absent", { path: "" });
        const now = this.#now();
        const chosen = register
          .search(
            proposal.kind === "issuer.revoke-all" ? { issuer: proposal.issuer, revoked: false } : { revoked: false },
          )
          .filter((record) => record.notAfter > now)
          .filter((record) => proposal.kind !== "office.revoke" || record.office === proposal.office)
          .map(({ serial }) => serial);
        const since = proposal.since === null ? null : new Date(proposal.since);
        return { text: String(office.revoke(chosen, by, "affiliationChanged", since).length) };
      }
    }
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
    const data = { content: JSON.stringify(proposal).slice(0, 1000), ...more };
    this.#tools.register.addEvent({ at, by, kind, subject: id, data });
  }
}
