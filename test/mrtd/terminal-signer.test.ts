/** A terminal whose key lies with a signer elsewhere. What would be lost: fingerprints read by whoever reaches a port, or a booth that stops when a signer does. */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { loadTerminal } from "../../mrtd/access/terminal-folder.ts";
import { composeTemplates } from "../../mrtd/lds/biometric-templates.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport } from "../../mrtd/synthetic/passport.ts";
import { makeTerminals, terminalIdentity } from "../../mrtd/synthetic/terminals.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { openssl } from "../crypto/cms/openssl.ts";
import { clock, portrait, seededRandom, specimen } from "./fixture.ts";

const { root, certificates, key } = makeTerminals({ clock, random: seededRandom("signer"), name: "SIGN" });
const DG3 = composeTemplates("DG3", [{ type: 8, subtype: 9, formatOwner: 0x0101, formatType: 7, data: portrait(500) }]);
const data = makePassport({
  mrz: specimen,
  portrait: portrait(2_000),
  clock,
  random: seededRandom("eac"),
  features: passportFeatures.eac,
  dataGroups: { DG3 },
  terminalTrust: root,
});

/** The signer of the documentation: its whole work. */
const signer: RequestListener = async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { format, holder, data } = JSON.parse(text) as Record<string, string>;
  const isOurs = request.method === "POST" && request.url === "/terminal-signature" && holder === "UTSIGNIS00001";
  if (!isOurs || format !== "kabina-terminal-signing/1") return void response.writeHead(403).end();
  const signature = await terminalIdentity(certificates, key).sign(Buffer.from(data!, "base64"));
  response.end(JSON.stringify({ format, signature: Buffer.from(signature).toString("base64") }));
};

describe("terminal authentication by a signer elsewhere", () => {
  let folder: string;
  let server: Server | undefined;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kabina-signer-"));
    for (const [i, certificate] of certificates.entries()) await writeFile(at(`${i + 1}.cvcert`), certificate);
    for (const name of ["localhost", "stranger"])
      await openssl(
        ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2".split(" "),
        ...["-subj", `/CN=${name}`, "-addext", "subjectAltName=DNS:localhost"],
        ...["-keyout", at(`${name}.key`), "-out", at(`${name}.pem`)],
      );
  });
  afterEach(async () => {
    server?.close();
    server = undefined;
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read() {
    const chip = new VirtualPassport({ data, random: seededRandom("chip"), today: () => clock.now() });
    const { files, steps, proof } = await readPassport(openVirtualChannel(chip), data.access.mrz, {
      clock,
      random: seededRandom("reader"),
      csca: [data.csca.certificate],
      dataGroups: [3],
      terminal: await loadTerminal(folder, {}),
    });
    expect(proof.passiveAuthentication.verdict).toBe("passed");
    const failures = steps.flatMap(({ failure }) => failure ?? []);
    return { fingerprints: files.DG3 !== undefined, failures };
  }
  const opened = { fingerprints: true, failures: [] };
  const closed = (failure: string) => ({ fingerprints: false, failures: [failure] });
  const configure = (file: object) =>
    writeFile(at("signer.json"), JSON.stringify({ format: "kabina-terminal-signer/1", ...file }));

  async function listenOnSocket(listener: RequestListener) {
    server = createHttpServer(listener);
    await once(server.listen(at("signer.sock")), "listening");
    await configure({ socket: at("signer.sock") });
  }

  it("on this machine, over a socket", async () => {
    await listenOnSocket(signer);
    expect(await read()).toEqual(opened);
  });

  it("over TLS, where each side shows its certificate, and nobody else is answered or believed", async () => {
    const pem = (name: string) => readFile(at(name));
    const certificate = { key: await pem("localhost.key"), cert: await pem("localhost.pem") };
    const tls = createTlsServer(
      { ...certificate, ca: await pem("localhost.pem"), requestCert: true, rejectUnauthorized: true },
      signer,
    );
    server = tls;
    await once(tls.listen(0, "localhost"), "listening");
    const url = `https://localhost:${(tls.address() as AddressInfo).port}`;
    const booth = { certificate: "localhost.pem", key: "localhost.key" };
    await configure({ url, authority: "localhost.pem", ...booth });
    expect(await read()).toEqual(opened);
    await configure({ url, authority: "stranger.pem", ...booth });
    expect(await read()).toEqual(closed("mrtd/signer-unreachable"));
    await configure({ url, authority: "localhost.pem", certificate: "stranger.pem", key: "stranger.key" });
    expect(await read()).toEqual(closed("mrtd/signer-unreachable"));
  });

  const badSigners: Record<string, RequestListener> = {
    "that refuses": (_, response) => response.writeHead(403).end(),
    "that sends elsewhere": (_, response) => response.writeHead(302, { location: "https://localhost/" }).end(),
    "that talks nonsense": (_, response) => response.end("{}"),
    "that signs with too many bytes": (_, response) =>
      response.end(
        JSON.stringify({ format: "kabina-terminal-signing/1", signature: Buffer.alloc(600).toString("base64") }),
      ),
  };
  for (const [name, listener] of Object.entries(badSigners)) {
    it(`${name}: the rest of the document is read`, async () => {
      await listenOnSocket(listener);
      expect(await read()).toEqual(closed("mrtd/signer-refused"));
    });
  }

  it("that is not there, never ends, or signs wrongly: the rest of the document is read", async () => {
    await configure({ socket: at("nobody.sock") });
    expect(await read()).toEqual(closed("mrtd/signer-unreachable"));
    await listenOnSocket((_, response) => {
      const flood = () => {
        while (response.write(Buffer.alloc(65_536, 0x20)));
      };
      response.on("drain", flood);
      flood();
    });
    expect(await read()).toEqual(closed("mrtd/signer-unreachable"));
    server?.close();
    await rm(at("signer.sock"), { force: true });
    await listenOnSocket((_, response) =>
      response.end(
        JSON.stringify({ format: "kabina-terminal-signing/1", signature: Buffer.alloc(64, 7).toString("base64") }),
      ),
    );
    expect(await read()).toEqual(closed("mrtd/access-failed"));
  });

  it("is never asked in the open", async () => {
    const names = { authority: "localhost.pem", certificate: "localhost.pem", key: "localhost.key" };
    for (const file of [{ url: "http://localhost", ...names }, { url: "https://localhost" }, { socket: "relative" }]) {
      await configure(file);
      await expect(loadTerminal(folder, {})).rejects.toMatchObject({ code: "mrtd/input-file" });
    }
  });
});
