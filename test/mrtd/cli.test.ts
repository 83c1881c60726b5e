/** The command line as programs and testers use it: verdicts, reasons and exit codes. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Command } from "commander";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import type { CliIo } from "../../crypto/cli-io.ts";
import { register } from "../../mrtd/cli.ts";
import { composeTemplates } from "../../mrtd/lds/biometric-templates.ts";
import { loadPassport, type PassportData, writePassport } from "../../mrtd/synthetic/passport.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { withDocumentFault } from "../../mrtd/virtual/fault.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, portrait, seededRandom, specimenPassport } from "./fixture.ts";

const data = specimenPassport();
/** The document in the reader. */
let inserted: PassportData = data;
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-cli-"));
  await writePassport(at("p"), data);
});
afterAll(() => rm(folder, { recursive: true }));

async function kabina(...args: string[]) {
  const documents: unknown[] = [];
  const lines: string[] = [];
  let code = 0;
  const io: CliIo = {
    clock,
    random: seededRandom("cli"),
    print: (line) => lines.push(line),
    json: (value) => documents.push(value),
    exit: (exit) => {
      code = exit;
    },
  };
  const program = new Command("kabina").exitOverride();
  register(program, io, async () =>
    openVirtualChannel(new VirtualPassport({ data: inserted, random: seededRandom("chip"), today: () => clock.now() })),
  );
  await program.parseAsync(args, { from: "user" });
  return {
    code,
    lines,
    json: documents[0] as Record<string, never> & { verdict: string; reasons: { code: string }[] },
  };
}

describe("kabina passport", () => {
  const sod = () => ["--sod", at("p", "EF.SOD.bin")];
  const groups = () => ["--dg", ...["DG1", "DG2", "DG14", "DG15"].map((name) => at("p", `${name}.bin`))];
  const csca = () => ["--csca", at("p", "csca.der")];

  it("verify: passed, with the file or the folder of certificates", async () => {
    for (const trust of [csca(), ["--csca", at("p")]]) {
      const { code, json } = await kabina("passport", "verify", ...sod(), ...groups(), ...trust, "--json");
      expect([code, json.verdict, json.reasons]).toEqual([0, "passed", []]);
    }
  });

  it("verify: without data groups EF.SOD is judged, and the answer says so", async () => {
    const { code, json } = await kabina("passport", "verify", ...sod(), ...csca(), "--json");
    expect([code, json.verdict]).toEqual([0, "passed"]);
    expect(json.hashes).toMatchObject({ verdict: "not-checked", dataGroups: { DG1: "not-checked" } });
  });

  it("verify: failed and not-checked have their codes", async () => {
    const forged = await readFile(at("p", "DG1.bin"));
    forged[30]! ^= 1;
    await writeFile(at("forged"), forged);
    const wrong = await kabina("passport", "verify", ...sod(), "--dg", at("forged"), ...csca(), "--json");
    expect([wrong.code, wrong.json.verdict, wrong.json.reasons[0]!.code]).toEqual([2, "failed", "proof/hash-wrong"]);
    const untrusted = await kabina("passport", "verify", ...sod(), ...groups(), "--json");
    expect([untrusted.code, untrusted.json.verdict, untrusted.json.reasons[0]!.code]).toEqual([
      3,
      "not-checked",
      "proof/no-trust",
    ]);
    const late = await kabina("passport", "verify", ...sod(), ...csca(), "--at", "2045-01-01", "--json");
    expect([late.code, late.json.reasons[0]!.code]).toEqual([2, "proof/signer-expired"]);
  });

  it("verify: what is no security object fails, with data groups and without; the message inside one will do", async () => {
    const whole = await readFile(at("p", "EF.SOD.bin"));
    const pem = `-----BEGIN CMS-----\n${whole.subarray(4).toString("base64")}\n-----END CMS-----\n`;
    const inputs = {
      cut: whole.subarray(0, -9),
      empty: whole.subarray(0, 0),
      text: Buffer.from("hello"),
      message: whole.subarray(4),
      pem,
    };
    for (const [name, bytes] of Object.entries(inputs)) await writeFile(at(name), bytes);
    for (const given of [[], groups()]) {
      for (const name of ["cut", "empty", "text"]) {
        const { code, json } = await kabina("passport", "verify", "--sod", at(name), ...given, ...csca(), "--json");
        expect([code, json.verdict, json.reasons[0]!.code]).toEqual([2, "failed", "mrtd/tlv-malformed"]);
      }
      for (const name of ["message", "pem"]) {
        const { json } = await kabina("passport", "verify", "--sod", at(name), ...given, ...csca(), "--json");
        expect(json.verdict).toBe("passed");
      }
    }
  });

  it("names the file that is wrong, and refuses one data group as two", async () => {
    const text = at("text");
    await writeFile(text, "Hello");
    const dg1 = await readFile(at("p", "DG1.bin"));
    await writeFile(
      at("other-dg1"),
      dg1.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    const wrong: [string, ...string[]][] = [
      ["mrtd/no-certificates", "verify", ...sod(), "--csca", text],
      ["mrtd/no-data-group", "verify", ...sod(), "--dg", text],
      ["mrtd/data-group-twice", "verify", ...sod(), "--dg", at("other-dg1"), at("p", "DG1.bin")],
      ["mrtd/option", "verify", ...sod(), "--at", "yesterday"],
      ["mrtd/tlv-malformed", "inspect", text],
      ["mrtd/access-key-which", "read"],
      ["mrtd/access-key-which", "read", "--can", "123456", "--mrz", "a", "b", "c"],
      ["mrtd/access-key-malformed", "read", "--can", "12"],
      ["mrtd/access-key-malformed", "read", "--mrz", "L898902C3", "741312", "321231"],
      ["mrtd/output-file", "read", "--can", "123456", "--html", at("nowhere", "report.html")],
      ["mrtd/output-file", "read", "--can", "123456", "--out", text],
    ];
    for (const [code, ...args] of wrong) await expect(kabina("passport", ...args)).rejects.toMatchObject({ code });
    await expect(kabina("csca", "list", text)).rejects.toMatchObject({
      code: "mrtd/no-certificates",
      details: { path: text },
    });
    await expect(kabina("csca", "list", at("p", "csca.der"), "--at", "x")).rejects.toMatchObject({
      code: "mrtd/option",
    });
    expect((await kabina("passport", "inspect", at("p", "csca.der"), "--json")).json).toMatchObject({
      file: "certificate",
    });
    await writeFile(at("csca.pem"), new Certificate(await readFile(at("p", "csca.der"))).toPem());
    expect((await kabina("passport", "inspect", at("csca.pem"), "--json")).json).toMatchObject({ file: "certificate" });
  });

  it("make, then verify against its revocation list", async () => {
    for (const revoked of [true, false]) {
      const out = at(`made-${revoked}`);
      await kabina(
        "passport",
        "make",
        "--person",
        at("p"),
        "--out",
        out,
        "--profile",
        "pace-cam",
        ...(revoked ? ["--revoked"] : []),
      );
      const { json } = await kabina(
        "passport",
        "verify",
        "--sod",
        join(out, "EF.SOD.bin"),
        "--csca",
        join(out, "csca.der"),
        "--crl",
        join(out, "crl.der"),
        "--json",
      );
      expect(json.verdict).toBe(revoked ? "failed" : "passed");
      if (revoked) expect(json.reasons[0]!.code).toBe("proof/signer-revoked");
    }
  });

  it("make with fingerprints, read with and without the terminal that may", async () => {
    const out = at("eac");
    await writeFile(
      at("DG3.bin"),
      composeTemplates("DG3", [{ type: 8, subtype: 9, formatOwner: 0x0101, formatType: 7, data: portrait(300) }]),
    );
    await kabina("passport", "make", "--person", at("p"), "--out", out, "--profile", "eac", "--dg", at("DG3.bin"));
    inserted = await loadPassport(out);
    const mrz = ["--mrz", "L898902C3", "740812", "321231", "--dg", "3", "--json"];
    const without = await kabina("passport", "read", ...mrz);
    expect(without.json.files).not.toHaveProperty("DG3");
    const withTerminal = await kabina("passport", "read", ...mrz, "--terminal", join(out, "terminal"));
    expect(withTerminal.json.files).toHaveProperty("DG3");
    inserted = data;
  });

  it("read: everything in one document, files written for their owner only", async () => {
    const { code, json } = await kabina(
      "passport",
      "read",
      "--mrz",
      "L898902C3",
      "740812",
      "321231",
      ...csca(),
      "--out",
      at("read"),
      "--json",
    );
    expect([code, json.verdict, json.access]).toEqual([0, "passed", "PACE-GM"]);
    expect(await readFile(at("read", "DG1.bin"))).toEqual(Buffer.from(data.files.DG1!));
  });

  it("read: a copied chip fails the document, and a chip that breaks off leaves a report all the same", async () => {
    const mrz = ["--mrz", "L898902C3", "740812", "321231"];
    inserted = withDocumentFault(data, "cloned", { clock, random: seededRandom("clone") });
    const clone = await kabina("passport", "read", ...mrz, ...csca(), "--html", at("clone.html"), "--json");
    expect([clone.code, clone.json.verdict]).toEqual([2, "failed"]);
    expect(clone.json.reasons.map(({ code }) => code)).toContain("proof/active-authentication-wrong");
    expect(await readFile(at("clone.html"), "utf8")).toMatch(/not to be believed|нельзя верить/);
    inserted = withDocumentFault(data, "not-signed", { clock, random: seededRandom("unsigned") });
    const unsigned = await kabina("passport", "read", ...mrz, ...csca(), "--json");
    expect(unsigned.json.reasons.map(({ code }) => code)).toEqual(["proof/data-group-not-signed"]);
    inserted = withDocumentFault(data, "lies-about-length", { clock, random: seededRandom("liar") });
    const broken = kabina("passport", "read", ...mrz, ...csca(), "--html", at("broken.html"));
    await expect(broken).rejects.toMatchObject({ code: "mrtd/file-length-implausible" });
    expect(await readFile(at("broken.html"), "utf8")).toContain("mrtd/file-length-implausible");
    inserted = data;
  });

  it("read --html: a report without personal data unless asked", async () => {
    const mrz = ["--mrz", "L898902C3", "740812", "321231"];
    await kabina("passport", "read", ...mrz, ...csca(), "--html", at("report.html"));
    const page = await readFile(at("report.html"), "utf8");
    expect(page).toMatch(/PACE-GM/);
    for (const personal of ["ERIKSSON", "L898902C3", "740812", "data:image"]) expect(page).not.toContain(personal);
    await kabina("passport", "read", ...mrz, "--html", at("report.html"), "--show-personal");
    expect(await readFile(at("report.html"), "utf8")).toContain("ERIKSSON&#60;&#60;ANNA");
  });

  it("inspect and mrz check", async () => {
    expect((await kabina("passport", "inspect", at("p", "EF.COM.bin"), "--json")).json).toMatchObject({
      file: "EF.COM",
    });
    expect((await kabina("passport", "inspect", at("p", "EF.SOD.bin"), "--json")).json).toMatchObject({
      file: "EF.SOD",
    });
    const lines = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];
    expect((await kabina("mrz", "check", ...lines, "--json")).code).toBe(0);
    expect((await kabina("mrz", "check", lines[0]!, lines[1]!.replace("36UTO", "35UTO"))).code).toBe(2);
  });

  it("says what is wrong with what it is given", async () => {
    await expect(kabina("passport", "verify", "--sod", at("nothing"))).rejects.toMatchObject({
      code: "mrtd/input-file",
    });
    await expect(kabina("passport", "verify", ...sod(), "--at", "yesterday")).rejects.toMatchObject({
      code: "mrtd/option",
    });
    await expect(kabina("passport", "read", "--mrz", "P<UTO")).rejects.toMatchObject({ code: "mrtd/mrz-format" });
    await expect(kabina("passport", "simulate", "--dir", at("p"), "--fault", "none")).rejects.toMatchObject({
      code: "mrtd/option",
    });
  });
});
