/** The security officer's routes, under `/api/security`; `server/staff/roles.ts` has let only those through who may. */
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import express from "express";
import { TAMPER_SEEN, TAMPERED } from "../../crypto/device/tamper.ts";
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { jsonBody, languageOf, parse, proposalBody, sessionOf } from "../review/request.ts";
import {
  Approve,
  type AuditFound,
  Compared,
  DrillRequest,
  PolicyProposal,
  type PolicyRefusal,
  PolicySignature,
  Revoke,
} from "./api.ts";
import type { AuditPump } from "./audit-pump.ts";
import { archive, certificatesCsv, exportFolder, proposalsCsv } from "./downloads.ts";
import { type DrillTools, runDrill } from "./drill.ts";
import { certificateShown, type OverviewTools, proposalShown, readOverview } from "./overview.ts";
import type { PolicyDesk } from "./policy-desk.ts";
import { Proposal } from "./proposal.ts";
import type { Reexamination } from "./reexamination.ts";

export interface SecurityTools extends OverviewTools {
  readonly drill: DrillTools | undefined;
  readonly policyDesk: PolicyDesk | undefined;
  readonly reexamination: Reexamination;
  readonly pump: AuditPump;
  readonly search: (text: string, limit: number) => Promise<AuditFound>;
  /** One entry as a proof that verifies without this server. */
  readonly prove: (index: number) => Promise<string>;
}

const FOUND = 200;

export function securityRoutes(tools: SecurityTools): express.Router {
  const { register, proposals, pump } = tools;
  const routes = express.Router();
  const who = (response: express.Response) => sessionOf(response).operator.id;
  const office = () => {
    if (!tools.office) throw new KabinaError("authority/absent", { path: tools.folder });
    return tools.office;
  };
  routes.get("/", async (request, response) => void response.json(await readOverview(tools, languageOf(request))));
  routes.get("/certificates", (request, response) => {
    const text = String(request.query.text ?? "").slice(0, 128);
    response.json({ certificates: register.search({ text, limit: FOUND }).map(certificateShown) });
  });
  routes.get("/certificates/csv", (request, response) => {
    const text = String(request.query.text ?? "").slice(0, 128);
    response
      .attachment("kabina-certificates.csv")
      .type("text/csv")
      .send(certificatesCsv(register.search({ text })));
  });
  routes.get("/certificates/:serial/file", (request, response) => {
    const record = register.certificate(request.params.serial);
    if (!record) throw new KabinaError("certificate/unknown", { serial: request.params.serial });
    response.attachment(`${record.serial}.der`).type("application/pkix-cert").send(Buffer.from(record.der));
  });
  routes.get("/certificates/:serial", (request, response) => {
    const record = register.certificate(request.params.serial);
    if (!record) throw new KabinaError("certificate/unknown", { serial: request.params.serial });
    response.json({ certificate: certificateShown(record), life: register.eventsOf(record.serial) });
  });
  routes.get("/audit", async (request, response) => {
    response.json(await search(String(request.query.text ?? "").slice(0, 128), tools));
  });
  routes.get("/look-again", async (_request, response) => {
    await tools.reexamination.apply();
    response.json(tools.reexamination.list());
  });
  routes.post("/look-again/:caseId/done", async (request, response) => {
    await tools.reexamination.done(String(request.params.caseId), who(response));
    await pump.carry();
    response.status(204).end();
  });
  routes.get("/audit/:index/proof", async (request, response) => {
    const index = Number(request.params.index);
    await pump.carry();
    const proof = await tools.prove(index);
    response.attachment(`entry-${index}.proof`).type("text/plain").send(proof);
  });
  routes.post("/requests/:id/approve", jsonBody, async (request, response) => {
    const { compared, office: place } = parse(Approve, request.body);
    const [leaf] = await office().approve(String(request.params.id), who(response), compared, place);
    await pump.carry();
    response.json({ serial: leaf!.serialHex });
  });
  routes.post("/requests/:id/refuse", async (request, response) => {
    await office().refuse(request.params.id, who(response));
    response.status(204).end();
  });
  routes.post("/certificates/:serial/revoke", jsonBody, async (request, response) => {
    const { reason, since } = parse(Revoke, request.body);
    const serial = String(request.params.serial);
    // An authority's own certificate is the root's to take back: its loss is everybody's.
    const { issuer } = register.certificate(serial) ?? {};
    if (issuer === "root") throw new KabinaError("certificate/of-authority");
    // A server's hurts many: two officers (`certificate.revoke` among the proposals).
    if (issuer === "servers") throw new KabinaError("certificate/of-server");
    const revoked = office().revoke([serial], who(response), reason, since === null ? null : new Date(since));
    await tools.reexamination.apply();
    await pump.carry();
    response.json({ revoked });
  });
  routes.post("/booths/:booth/tamper/seen", async (request, response) => {
    const booth = String(request.params.booth);
    if (!register.eventsOf(booth).some(({ kind }) => kind === TAMPERED))
      throw new KabinaError("security/nothing-seen", { booth });
    const at = tools.clock.now().toISOString();
    register.note(() => register.addEvent({ at, by: who(response), kind: TAMPER_SEEN, subject: booth, data: {} }));
    await pump.carry();
    response.status(204).end();
  });
  routes.post("/drills", jsonBody, async (request, response) => {
    const { booth, since } = parse(DrillRequest, request.body);
    if (!tools.drill) throw new KabinaError("authority/absent", { path: tools.folder });
    const done = await runDrill(booth, new Date(since), who(response), tools.drill);
    await tools.reexamination.apply();
    await pump.carry();
    response.json(done);
  });
  routes.post("/proposals", jsonBody, async (request, response) => {
    const made = await proposals.propose(parse(Proposal, request.body), who(response));
    await pump.carry();
    response.json(proposalShown(made, languageOf(request)));
  });
  routes.get("/proposals/csv", (_request, response) => {
    response.attachment("kabina-two-officers.csv").type("text/csv").send(proposalsCsv(register.proposals()));
  });
  routes.get("/proposals/:id/file", async (request, response) => {
    const { id } = request.params;
    const { folder, name } = exportFolder(register.proposal(id), id, join(tools.folder, "exports"));
    const files = archive(folder, name, id);
    // The first piece before the answer begins: a folder that is gone is refused, not cut off.
    const first = await files.next();
    const at = tools.clock.now().toISOString();
    register.note(() => register.addEvent({ at, by: who(response), kind: "export.fetched", subject: id, data: {} }));
    response.attachment(`${name}.tar`).type("application/x-tar");
    await pipeline(Readable.from(chained(first.value, files)), response);
  });
  routes.post("/proposals/:id/approve", jsonBody, async (request, response) => {
    const { compared } = request.body === undefined ? { compared: "" } : parse(Compared.partial(), request.body);
    const outcome = await proposals.approve(String(request.params.id), who(response), compared);
    await tools.reexamination.apply();
    await pump.carry();
    response.json(outcome);
  });
  routes.post("/proposals/:id/refuse", async (request, response) => {
    proposals.refuse(request.params.id, who(response));
    await pump.carry();
    response.status(204).end();
  });
  const policy = () => {
    if (!tools.policyDesk) throw new KabinaError("authority/absent", { path: tools.folder });
    return tools.policyDesk;
  };
  routes.get("/policy", async (_request, response) => void response.json(await policy().read()));
  routes.get("/policy/draft/bytes", async (_request, response) => {
    const bytes = await policy().bytesToSign();
    response.attachment("policy-to-sign.json").type("application/octet-stream").end(Buffer.from(bytes));
  });
  routes.post("/policy/draft", proposalBody, async (request, response) => {
    const proposal = parse(PolicyProposal, request.body);
    const faults = await policy().faultsOf(proposal);
    if (faults.length > 0) {
      const refusal = new KabinaError("updates/policy-malformed", {
        fields: faults.map(({ path }) => path).join(", "),
      });
      const error = { ...explain(refusal, languageOf(request)), fields: faults };
      return void response.status(422).json({ error } satisfies PolicyRefusal);
    }
    const shown = await policy().propose(proposal, who(response));
    await pump.carry();
    response.json(shown);
  });
  routes.post("/policy/draft/signature", jsonBody, async (request, response) => {
    const shown = await policy().sign(parse(PolicySignature, request.body), who(response));
    await pump.carry();
    response.json(shown);
  });
  routes.post("/policy/draft/withdraw", async (_request, response) => {
    const shown = await policy().withdraw(who(response));
    await pump.carry();
    response.json(shown);
  });
  return routes;
}

async function* chained(first: Uint8Array | undefined, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first) yield first;
  yield* rest;
}

/** Searching is verifying: every line is held against its leaf, and what fits is proven under the last signed head. */
async function search(text: string, tools: SecurityTools): Promise<AuditFound> {
  await tools.pump.carry();
  return tools.search(text, FOUND);
}
