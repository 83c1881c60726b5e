/**
 * EST as curl and openssl see it. What would be lost: a stranger's key certified as a booth, or a booth that cannot get its
 * certificate at all.
 */

import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { largestRequest } from "../../../crypto/certificate/request.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

let office: PkiInstallation;
beforeAll(async () => {
  office = await makePkiInstallation();
});
afterAll(() => office.remove());

const est = (operation: string, label = "booths") => `${office.url}/.well-known/est/${label}/${operation}`;

/** A key and a request made by openssl; returns the request's fingerprint, as `openssl` tells it. */
async function makeRequest(
  name: string,
  subject: string,
  key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
): Promise<string> {
  await office.openssl("genpkey", "-algorithm", ...key, "-out", `${name}.key`);
  await office.openssl(
    "req",
    "-new",
    "-key",
    `${name}.key`,
    "-subj",
    subject,
    "-outform",
    "DER",
    "-out",
    `${name}.csr`,
  );
  await office.openssl("pkey", "-in", `${name}.key`, "-pubout", "-outform", "DER", "-out", `${name}.pub`);
  return (await office.openssl("dgst", "-sha256", "-r", `${name}.pub`)).slice(0, 64);
}

/** Sends a request as an EST client does; the HTTP status, and the body's text. */
async function enrol(
  name: string,
  operation = "simpleenroll",
  ...more: string[]
): Promise<{ status: number; body: string }> {
  await office.openssl("base64", "-in", `${name}.csr`, "-out", `${name}.b64`);
  const said = await office.curl(
    ...["-o", `${name}.answer`, "-w", "%{http_code}", "-H", "content-type: application/pkcs10"],
    ...["--data-binary", `@${name}.b64`, ...more, est(operation)],
  );
  return { status: Number(said), body: await readFile(office.path(`${name}.answer`), "latin1") };
}

/** The certificates of an answer, by openssl, as PEM. */
async function certificatesIn(name: string): Promise<Certificate[]> {
  await office.openssl("base64", "-d", "-in", `${name}.answer`, "-out", `${name}.p7`);
  const text = await office.openssl("pkcs7", "-inform", "DER", "-in", `${name}.p7`, "-print_certs");
  return Certificate.fromPem(text);
}

describe("EST, with curl as the client and openssl as the judge", () => {
  it("gives the authority's certificates and says what a request should be", async () => {
    await office.curl("-o", "ca.answer", est("cacerts"));
    const [issuer, root] = await certificatesIn("ca");
    expect(issuer?.sha256).toBe(office.provisioned.trust.booths.sha256);
    expect(root?.sha256).toBe(office.provisioned.trust.root.sha256);
    await office.curl("-o", "attrs.answer", est("csrattrs"));
    await office.openssl("base64", "-d", "-in", "attrs.answer", "-out", "attrs.der");
    expect(await office.openssl("asn1parse", "-inform", "DER", "-in", "attrs.der")).toContain("prime256v1");
  });

  it("issues only what an officer has compared, and the booth renews with it by itself", async () => {
    const keyId = await makeRequest("booth-7", "/O=Kabina/CN=booth-7");
    expect((await enrol("booth-7")).status).toBe(202);
    expect((await enrol("booth-7")).status).toBe(202);
    const [waiting, ...others] = office.pki.office.register.waiting();
    expect([waiting?.name, waiting?.keyId, others.length]).toEqual(["booth-7", keyId, 0]);

    const refused = office.pki.office.approve(waiting!.id, "officer-1", `${"0".repeat(16)}`);
    await expect(refused).rejects.toThrow("request/fingerprint-differs");
    await expect(office.pki.office.approve(waiting!.id, "officer-1", keyId.slice(0, 8))).rejects.toThrow("fingerprint");
    expect((await enrol("booth-7")).status).toBe(202);

    await office.pki.office.approve(waiting!.id, "officer-1", keyId.slice(0, 32).replace(/.{4}/g, "$& "));
    expect((await enrol("booth-7")).status).toBe(200);
    const [leaf] = await certificatesIn("booth-7");
    await writeFile(office.path("booth-7.pem"), leaf!.toPem());
    const args = ["verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", "root.pem", "-untrusted", "booths.pem"];
    expect(await office.openssl(...args, "booth-7.pem")).toContain("booth-7.pem: OK");

    const identity = ["--cert", "booth-7.pem", "--key", "booth-7.key"];
    // A second key for the same booth, over a connection made with the first: what a rotation does.
    office.clock.aheadMs += 2 * 60 * 60_000;
    await makeRequest("booth-7-next", "/O=Kabina/CN=booth-7");
    expect((await enrol("booth-7-next", "simplereenroll", ...identity)).status).toBe(200);
    const [next] = await certificatesIn("booth-7-next");
    expect([next?.commonName, next!.notBefore > leaf!.notBefore]).toEqual(["booth-7", true]);
    const kinds = office.pki.office.register.eventsOf(next!.serialHex).map(({ kind, by }) => `${kind} ${by}`);
    expect(kinds).toEqual(["certificate.renewed booth:booth-7"]);
  });

  it("makes no keys for others", async () => {
    expect((await enrol("booth-7", "serverkeygen")).status).toBe(501);
  });

  it("renews for nobody without a certificate, and for no other name", async () => {
    expect((await enrol("booth-7", "simplereenroll")).status).toBe(401);
    await makeRequest("booth-8", "/O=Kabina/CN=booth-8");
    const identity = ["--cert", "booth-7.pem", "--key", "booth-7.key"];
    expect(await enrol("booth-8", "simplereenroll", ...identity)).toMatchObject({
      status: 403,
      body: expect.stringContaining("request/name-differs"),
    });
  });

  it("renews with nobody else's certificate, and with none that has ended; who tried is on the record", async () => {
    const { register } = office.pki.office;
    // Made by the booth's own authority's name, but not by it.
    const subject = ["-subj", "/O=Kabina/CN=booth-7", "-days", "30", "-keyout", "foreign.key", "-out", "foreign.pem"];
    await office.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", ...subject);
    const foreign = ["--cert", "foreign.pem", "--key", "foreign.key"];
    expect(await enrol("booth-7", "simplereenroll", ...foreign)).toMatchObject({
      status: 403,
      body: expect.stringContaining("certificate/issuer-unknown"),
    });
    const own = ["--cert", "booth-7.pem", "--key", "booth-7.key"];
    const before = register.certificatesNamed("booth-7").length;
    const threeYears = 3 * 365 * 24 * 60 * 60_000;
    office.clock.aheadMs += threeYears;
    const { status, body } = await enrol("booth-7", "simplereenroll", ...own);
    office.clock.aheadMs -= threeYears;
    expect([status, body]).toEqual([403, expect.stringContaining("certificate/expired")]);
    expect(register.certificatesNamed("booth-7")).toHaveLength(before);
    const tried = register.eventsAfter(0).filter(({ kind }) => kind === "request.turned-away");
    expect(tried.map(({ data }) => [data.code, data.operation, data.holder])).toEqual(
      expect.arrayContaining([
        ["certificate/issuer-unknown", "booths/simplereenroll", null],
        ["certificate/expired", "booths/simplereenroll", "booth-7"],
      ]),
    );
  });

  it("renews nothing that was revoked, and certifies a revoked key never again", async () => {
    const [record] = office.pki.office.register.certificatesNamed("booth-7").slice(-1);
    office.pki.office.revoke([record!.serial], "officer-1", "keyCompromise");
    const identity = ["--cert", "booth-7.pem", "--key", "booth-7.key"];
    office.clock.aheadMs += 2 * 60 * 60_000;
    expect((await enrol("booth-7", "simplereenroll", ...identity)).body).toContain("certificate/revoked");
    await office.openssl(
      "req",
      "-new",
      "-key",
      "booth-7.key",
      "-subj",
      "/CN=booth-9",
      "-outform",
      "DER",
      "-out",
      "again.csr",
    );
    expect((await enrol("again")).body).toContain("request/key-known");
    // Nor is what was taken back handed out again to whoever asks with the request of then.
    expect(await enrol("booth-7")).toMatchObject({ status: 403, body: expect.stringMatching(/^certificate\/revoked/) });
  });
});

describe("bad requests are refused with a reason, and nothing is issued", () => {
  const issuedBefore = () => office.pki.office.register.search({}).length + office.pki.office.register.waiting().length;
  const turnedAway = () =>
    office.pki.office.register.eventsAfter(0).filter(({ kind }) => kind === "request.turned-away");
  const expectRefused = async (name: string, status: number, code: string) => {
    const before = issuedBefore();
    const answer = await enrol(name);
    expect(answer).toMatchObject({ status, body: expect.stringContaining(code) });
    expect(issuedBefore()).toBe(before);
    expect(turnedAway().map(({ data }) => `${data.code} ${data.operation}`)).toContain(
      `${answer.body.split("\n")[0]} booths/simpleenroll`,
    );
  };

  it("a stolen public key: the request is signed by another key", async () => {
    await makeRequest("victim", "/CN=booth-20");
    await makeRequest("thief", "/CN=booth-20");
    const [victim, thief] = await Promise.all(["victim", "thief"].map((name) => readFile(office.path(`${name}.csr`))));
    const [victimKey, thiefKey] = await Promise.all(
      ["victim", "thief"].map((name) => readFile(office.path(`${name}.pub`))),
    );
    // Both requests have one length: the victim's key goes into the thief's request, where his own stood.
    const forged = Buffer.from(thief!);
    victimKey!.copy(forged, forged.indexOf(thiefKey!));
    expect(forged.includes(victimKey!) && victim!.includes(victimKey!)).toBe(true);
    await writeFile(office.path("forged.csr"), forged);
    await expectRefused("forged", 400, "request/no-possession");
  });

  it.each([
    ["a wrong curve", ["ec", "-pkeyopt", "ec_paramgen_curve:P-521"]],
    ["a small curve", ["ec", "-pkeyopt", "ec_paramgen_curve:prime192v1"]],
    ["RSA-512", ["rsa", "-pkeyopt", "rsa_keygen_bits:512"]],
    ["RSA-2048", ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"]],
    ["Ed25519", ["ed25519"]],
  ])("%s", async (_what, key) => {
    await makeRequest("weak", "/CN=booth-21", key);
    await expectRefused("weak", 400, "request/key-unfit");
  });

  it("a proof under SHA-1, a key whose point is on no curve, and a key in another form", async () => {
    await makeRequest("old", "/CN=booth-24");
    const ask = ["req", "-new", "-subj", "/CN=booth-24", "-outform", "DER"];
    await office.openssl(...ask, "-key", "old.key", "-sha1", "-out", "old.csr");
    await expectRefused("old", 400, "request/proof-weak");
    await office.openssl(...ask, "-key", "old.key", "-out", "off.csr");
    const [request, point] = await Promise.all(["off.csr", "old.pub"].map((name) => readFile(office.path(name))));
    request![request!.indexOf(point!) + point!.length - 1]! ^= 1;
    await writeFile(office.path("off.csr"), request!);
    await expectRefused("off", 400, "request/key-unfit");
    await office.openssl("ec", "-in", "old.key", "-conv_form", "compressed", "-out", "short.key");
    await office.openssl(...ask, "-key", "short.key", "-out", "short.csr");
    await expectRefused("short", 400, "request/key-unfit");
  });

  it("a megabyte of extensions", async () => {
    await writeFile(
      office.path("large.cnf"),
      `[req]\ndistinguished_name=d\nreq_extensions=e\n[d]\n[e]\n1.2.3.4=ASN1:UTF8String:${"x".repeat(700)}\n${Array.from({ length: 1400 }, (_, at) => `1.2.3.5.${at}=ASN1:UTF8String:${"x".repeat(700)}`).join("\n")}\n`,
    );
    await makeRequest("large", "/CN=booth-22");
    await office.openssl(
      ...["req", "-new", "-key", "large.key", "-subj", "/CN=booth-22", "-config", "large.cnf"],
      ...["-outform", "DER", "-out", "large.csr"],
    );
    expect((await readFile(office.path("large.csr"))).length).toBeGreaterThan(1_000_000);
    await expectRefused("large", 413, "request/too-large");
    expect(largestRequest).toBeLessThan(100_000);
  });

  it("the name of another booth", async () => {
    await makeRequest("other", "/CN=booth-1");
    await expectRefused("other", 409, "request/name-taken");
  });

  it.each(["/CN=Booth One", "/O=Kabina", "/CN=../../etc", "/CN=booth-1/CN=booth-2"])("the name %s", async (subject) => {
    await makeRequest("name", subject);
    await expectRefused("name", 400, "request/");
  });

  it("rubbish, every truncation of a good one, and another media type", async () => {
    await writeFile(office.path("rubbish.csr"), "rubbish");
    await expectRefused("rubbish", 400, "request/malformed");
    const whole = await readFile(office.path("other.csr"));
    for (let length = 0; length < whole.length; length++)
      await expect(office.pki.office.submit(whole.subarray(0, length), "booths", "")).rejects.toThrow(
        "request/malformed",
      );
    const said = await office.curl("-w", "%{http_code}", "--data-binary", "@other.b64", est("simpleenroll"));
    expect(said).toContain("415");
  });

  it("a client that goes away in the middle of its request is no fault of the server's", async () => {
    const before = issuedBefore();
    const socket = connect({ host: "127.0.0.1", port: office.port, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const head = ["POST /.well-known/est/booths/simpleenroll HTTP/1.1", "host: localhost"];
    socket.write([...head, "content-type: application/pkcs10", "content-length: 600", "", "MIIB"].join("\r\n"));
    await sleep(100);
    socket.destroy();
    await office.curl("-o", "ca.answer", est("cacerts"));
    expect(issuedBefore()).toBe(before); // and the end of this file finds no fault noted
  });

  it("more requests than an officer can compare", async () => {
    for (let at = 0; at < 12; at++) {
      await makeRequest("many", `/CN=booth-3-${at}`);
      const { status } = await enrol("many");
      if (status === 429) return;
    }
    throw new Error("every request was taken");
  });
});

describe("two officers at once", () => {
  it("one is first, the other is told; one certificate comes of it", async () => {
    const { office: desk } = office.pki;
    for (const waiting of desk.register.waiting()) await desk.refuse(waiting.id, "officer-1");
    const keyId = await makeRequest("race", "/CN=booth-50");
    await enrol("race");
    const { id } = desk.register.waiting()[0]!;
    const outcomes = await Promise.allSettled([
      desk.approve(id, "officer-1", keyId),
      desk.refuse(id, "officer-2"),
      desk.approve(id, "officer-2", keyId),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(desk.holding("booth-50", "booths")).toHaveLength(1);
    expect(desk.register.request(id)).toMatchObject({ state: "issued", decidedBy: "officer-1" });
  });

  it("two keys ask for one name and both are approved: one gets it, the other's certificate is taken back", async () => {
    const { office: desk } = office.pki;
    const [first, second] = [await makeRequest("twin-1", "/CN=booth-51"), await makeRequest("twin-2", "/CN=booth-51")];
    await enrol("twin-1");
    await enrol("twin-2");
    const outcomes = await Promise.allSettled(
      [first, second].map((keyId, at) => desk.approve(keyId.slice(0, 12), `officer-${at}`, keyId)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "request/name-taken" } });
    expect(desk.holding("booth-51", "booths").map(({ keyId }) => keyId)).toEqual([first]);
    expect(desk.register.request(second.slice(0, 12))?.state).toBe("waiting");
  });
});

describe("one booth renews twice at the same moment", () => {
  it("with one key it gets one certificate, with two keys the second is told to wait", async () => {
    const { office: desk } = office.pki;
    const [held] = desk.holding("booth-50", "booths").map(({ der }) => new Certificate(der));
    office.clock.aheadMs += 2 * 60 * 60_000;
    const renew = async (name: string) => desk.renew(held!, await readFile(office.path(`${name}.csr`)), "booths");
    await makeRequest("again-1", "/CN=booth-50");
    await makeRequest("again-2", "/CN=booth-50");
    const [one, same, other] = await Promise.allSettled(["again-1", "again-1", "again-2"].map(renew));
    expect(one).toMatchObject({ status: "fulfilled" });
    const serials = [one, same].map((outcome) => outcome?.status === "fulfilled" && outcome.value[0]?.serialHex);
    expect(serials[0]).toBe(serials[1]);
    expect(other).toMatchObject({ status: "rejected", reason: { code: "request/too-soon" } });
    expect(desk.holding("booth-50", "booths")).toHaveLength(2);
  });
});
