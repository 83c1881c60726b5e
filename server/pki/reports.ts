/** What a booth says of itself when it asks for news: the officer sees when it was last seen, under which policy, with which clock. */
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { TAMPERED, type TamperEvent } from "../../crypto/device/tamper.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { BoothReport, type BoothReportAnswer, LARGEST_REPORT } from "../../crypto/est/paths.ts";
import type { Register } from "../register/register.ts";
import type { CertificateOffice } from "./office.ts";
import type { RotationSchedule } from "./schedule.ts";

/** Takes a report over a connection with the booth's own certificate. Throws `est/certificate-missing`, `certificate/…`, `request/…`. */
export async function takeReport(
  request: IncomingMessage,
  office: CertificateOffice,
  clock: Clock,
  recipients: () => Promise<readonly Certificate[]>,
  schedule: () => Promise<RotationSchedule>,
): Promise<BoothReportAnswer> {
  const { raw } = (request.socket as TLSSocket).getPeerCertificate() as { raw?: Buffer };
  if (!raw) throw new KabinaError("est/certificate-missing");
  const leaf = new Certificate(raw);
  const at = clock.now();
  validatePath({
    ...{ leaf, intermediates: [], anchors: office.authorities("booths"), at },
    ...{ purpose: oids.clientAuth, usage: "digitalSignature", revoked: office.isRevoked },
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > LARGEST_REPORT) throw new KabinaError("request/too-large", { size, limit: LARGEST_REPORT });
    chunks.push(chunk as Buffer);
  }
  const report = BoothReport.safeParse(parse(Buffer.concat(chunks).toString("utf8")));
  if (!report.success) throw new KabinaError("request/malformed", { reason: "report" });
  const { policyVersion, sealed, at: boothTime, tamper } = report.data;
  const booth = leaf.commonName ?? "";
  office.register.note(() => {
    noteTamper(office.register, booth, tamper?.events ?? [], at);
    if (sealed) office.register.heardHead({ ...sealed, booth, heardAt: at.toISOString() });
    office.register.sawBooth({
      booth,
      at: at.toISOString(),
      serial: leaf.serialHex,
      policyVersion,
      clockOffsetMs: new Date(boothTime).getTime() - at.getTime(),
      report: JSON.stringify(report.data),
    });
  });
  const pem = (await recipients()).map((certificate) => certificate.toPem());
  const { days } = await schedule();
  const rekey = office.rekeyWanted(booth, days["booth-identity"] ?? null);
  const journalDays = days["booth-journal"];
  return {
    serverTime: at.toISOString(),
    ...(pem.length > 0 ? { recipients: pem } : {}),
    ...(rekey ? { rekey } : {}),
    ...(journalDays === undefined ? {} : { journalDays }),
  };
}

/** Each thing that happened once: a booth tells its latest again and again. */
function noteTamper(register: Register, booth: string, events: readonly TamperEvent[], at: Date): void {
  if (events.length === 0) return;
  const known = new Set(
    register.eventsOf(booth).flatMap(({ kind, data }) => (kind === TAMPERED ? [`${data.what} ${data.happened}`] : [])),
  );
  for (const { kind, at: happened } of events)
    if (!known.has(`${kind} ${happened}`))
      register.addEvent({
        ...{ at: at.toISOString(), by: `booth:${booth}`, kind: TAMPERED, subject: booth },
        data: { what: kind, happened },
      });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
