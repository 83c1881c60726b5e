/**
 * A running server takes up what another process has switched to. What would be lost: an upload over a thin link, cut for a key that the officers have
 * replaced; or a night's packages of booths that were certified by an authority that the server has not heard of yet.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, request } from "node:http";
import { request as tlsRequest } from "node:https";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { verifyAuditLog } from "../../../crypto/audit/verify.ts";
import { issuerKinds } from "../../../crypto/authority/authority.ts";
import { holdSuccession } from "../../../crypto/authority/succession-ceremony.ts";
import { anchorsOf, readTrust, tlsAuthorities } from "../../../crypto/authority/trust.ts";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { parseSignedData } from "../../../crypto/cms/signed-data.ts";
import { INTAKE_PATHS } from "../../../crypto/delivery/answers.ts";
import { writeOffer } from "../../../crypto/delivery/offer.ts";
import { FileKey } from "../../../crypto/keys/file-key.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { verifyReceipt } from "../../../crypto/receipt/receipt.ts";
import { decodeSigned } from "../../../crypto/receipt/signed-document.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { loadIdentity } from "../../../server/keys.ts";
import { type RunningServer, startServer } from "../../../server/main.ts";
import { openPki } from "../../../server/pki/pki.ts";
import { rotateKey } from "../../../server/pki/rotation.ts";
import { rotateStatus } from "../../../server/pki/status-rotation.ts";
import { adoptSuccession, askForSuccession } from "../../../server/pki/succession.ts";
import { MemoryKeyStore } from "../../crypto/deterministic-key.ts";
import { sealRequest } from "../installation.ts";
import { offerOf } from "../intake-requests.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

let here: PkiInstallation;
let server: RunningServer;
const said: string[] = [];
beforeAll(async () => {
  here = await makePkiInstallation();
  server = await startServer({
    folder: here.path("server"),
    identity: await loadIdentity(here.path("server"), {}, systemRandom),
    ...{ clock: here.clock, random: systemRandom },
    intake: { host: "127.0.0.1", port: 0 },
    console: { port: 0, files: here.data },
    pki: { office: here.pki, host: "127.0.0.1", port: 0 },
    log: (event, details) => said.push(`${event} ${JSON.stringify(details)}`),
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await here.remove();
});

let sealed = 0;
async function seal(signer: PrivateKeyHandle) {
  const { recipients } = await readTrust(here.path("booth/trust"));
  const parts = [{ name: "portrait", mediaType: "image/jpeg", content: systemRandom(200_000), recipients }];
  const path = here.path(`sealed-${++sealed}.kab`);
  const asked = sealRequest(parts, signer.chain[0]!.commonName!);
  const { packageId } = await sealPackageToFile(path, asked, { signer, clock: here.clock, random: systemRandom });
  const bytes = await readFile(path);
  const offer = await offerOf(bytes);
  const sha256 = offer.sha256.toString("hex");
  return {
    bytes,
    sha256,
    offer: writeOffer(offer),
    sent: { packageId, sha256, size: bytes.length, boothId: asked.boothId },
  };
}

async function open(method: string, path: string, booth: PrivateKeyHandle, headers: Record<string, string | number>) {
  const ca = tlsAuthorities(await readTrust(here.path("booth/trust")), "servers");
  const to = { host: "127.0.0.1", servername: "localhost", port: server.intakePort, agent: false };
  return tlsRequest({ ...to, method, path, headers, ca, ...booth.tls() });
}
async function answered(asking: ReturnType<typeof request>) {
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return { status: response.statusCode, body, shown: (asking.socket as TLSSocket).getPeerX509Certificate()! };
}
const tusHeaders = (offset: number, length: number) => ({
  ...{ "tus-resumable": "1.0.0", "upload-offset": offset, "content-length": length - offset },
  "content-type": "application/offset+octet-stream",
});
async function offered(booth: PrivateKeyHandle, offer: Buffer) {
  const asking = await open("POST", INTAKE_PATHS.offers, booth, { "content-length": offer.length });
  asking.end(offer);
  return answered(asking);
}
async function receiptOf(booth: PrivateKeyHandle, sha256: string) {
  const asking = await open("GET", `${INTAKE_PATHS.receipts}/${sha256}`, booth, {});
  asking.end();
  return answered(asking);
}

it("authorities and keys that follow, while an upload is under way: nothing is dropped, and what comes next is of the new ones", async () => {
  const booth = await (await here.keys("booth")).load("booth-identity");
  const first = await seal(booth);
  const { offset } = JSON.parse((await offered(booth, first.offer)).body.toString());
  const half = Math.floor(first.bytes.length / 2);
  const upload = await open(
    "PATCH",
    `${INTAKE_PATHS.uploads}/${first.sha256}`,
    booth,
    tusHeaders(offset, first.bytes.length),
  );
  // Listened for at once: a refusal would come early.
  const uploaded = answered(upload);
  await new Promise((sent) => upload.write(first.bytes.subarray(offset, half), sent));

  // The officers, in processes of their own.
  const { clock, data } = here;
  const other = (await openPki(data, {}, { clock, random: systemRandom }))!;
  const tools = { data, office: other.office, clock, random: systemRandom };
  const asked = await askForSuccession(issuerKinds, tools);
  const held = await holdSuccession(
    {
      ...{ request: asked.text, compared: asked.sha256, root: () => here.keys("root"), out: here.path("out") },
      ...{ witnesses: ["A. Ivanova", "B. Petrov"], rehearsal: false },
    },
    { clock, random: systemRandom },
  );
  await adoptSuccession(await readFile(held.answer!.file, "utf8"), "a+b", tools);
  const store = await here.keys("server");
  for (const kind of ["tls", "receipt", "audit", "recipient"] as const) await rotateKey(kind, "a", { ...tools, store });
  await rotateStatus("a", false, tools);
  const made = await new MemoryKeyStore(systemRandom).generate("booth-identity");
  const chain = await other.office.authority.issue("booth-identity", made, "booth-7");
  const newBooth = new FileKey("booth-identity", made.privateKey, chain);
  other.office.register.change(() => other.office.register.addCertificate(chain[0]!, "booths"));
  await other.close();

  await server.follow();
  // It looks by itself as well, and may have found a part of it before.
  const taken = said.filter((line) => line.startsWith("taken up ")).join();
  for (const what of ["tls", "receipt", "audit", "recipient"]) expect(taken).toContain(`server-${what}`);
  for (const what of ["authority-status", "authorities", "trust"]) expect(taken).toContain(what);

  upload.end(first.bytes.subarray(half));
  const finished = await uploaded;
  expect([finished.status, finished.body.toString()]).toEqual([204, ""]);

  // A booth of the new authority, at a door that shows the new key, gets a receipt of the new key.
  const seven = await seal(newBooth);
  const offer = await offered(newBooth, seven.offer);
  const { offset: begin } = JSON.parse(offer.body.toString());
  expect(new Certificate(offer.shown.raw).keyId).toBe((await store.load("server-tls")).keyId);
  const sending = await open(
    "PATCH",
    `${INTAKE_PATHS.uploads}/${seven.sha256}`,
    newBooth,
    tusHeaders(begin, seven.bytes.length),
  );
  sending.end(seven.bytes.subarray(begin));
  expect((await answered(sending)).status).toBeLessThan(300);
  const told = await readTrust(here.path("server/trust"));
  for (const [key, { sha256, sent }] of [
    [booth, first],
    [newBooth, seven],
  ] as const) {
    const receipt = decodeSigned((await receiptOf(key, sha256)).body.toString());
    expect(verifyReceipt(receipt, sent, { anchors: anchorsOf(told) }).outcome).toBe("stored");
    // Both were made after the switch.
    expect(parseSignedData(receipt.signature).certificates[0]!.keyId).toBe((await store.load("server-receipt")).keyId);
  }

  // The audit log goes on under the new key, and verifies as a whole.
  const log = await verifyAuditLog(here.path("server/audit.log"), { anchors: anchorsOf(told) });
  expect(log.unsigned).toBe(0);
  expect(await readFile(here.path("server/audit.log.crt.pem"), "utf8")).toContain(
    (await store.load("server-audit")).chain[0]!.toPem(),
  );

  // The office's door: the lists and answers of the new authority, and the authorities themselves.
  const url = `https://localhost:${server.pkiPort}`;
  await here.curl("-o", "booths-now.crl", `${url}/pki/lists/booths.crl`);
  const list = await here.openssl("crl", "-inform", "DER", "-in", "booths-now.crl", "-noout", "-issuer");
  expect(list).toContain("Kabina authority for booths 2");
  expect(said.filter((line) => line.startsWith("fault"))).toEqual([]);
}, 60_000);
