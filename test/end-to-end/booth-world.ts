/** A real booth process with a synthetic person's devices, for the tests that walk through it. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { decodeGrey } from "../../biometrics/image/codec.ts";
import type { ScreenState } from "../../booth/api/messages.ts";
import type { Applicant } from "../../booth/enrol/applicant.ts";
import { KabinaProcess } from "../../booth/enrol/kabina-process.ts";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { type VisitResult, visit } from "../../booth/enrol/visit.ts";
import { issueSlips } from "../../booth/slip/issue.ts";
import { provision } from "../../crypto/authority/provision.ts";
import { defaultPolicy } from "../../crypto/policy/session-policy.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { type Finding, type Secret, scanFolder } from "./plaintext-scan.ts";

const built = fileURLToPath(new URL("../../dist/cli/kabina.js", import.meta.url));
/** Why these tests cannot run here; null when they can. */
export const worldMissing = existsSync(built) ? null : "the rooms are not built (npm run build)";

/** Nothing is asked before the camera, which takes seconds of each visit; `enrol.test.ts` has all of it. */
const brief = { ...defaultPolicy, face: { ...defaultPolicy.face, challenge: false, colours: false } };

const tools = { clock: systemClock, random: systemRandom };
const SEED = 11;

/** Makes the person in a process of the built rooms: jest's own modules would take minutes for the pictures. */
async function makeApplicant(scenario: Scenario, folder: string): Promise<Applicant> {
  const maker = new URL("../../dist/booth/enrol/person-folder.js", import.meta.url);
  const program = `
    import { makeApplicant } from ${JSON.stringify(maker.href)};
    const [scenario, folder] = process.argv.slice(1);
    console.log(JSON.stringify(await makeApplicant(${SEED}, JSON.parse(scenario), folder)));`;
  const args = ["--input-type=module", "-e", program, JSON.stringify(scenario), folder];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  return JSON.parse(stdout) as Applicant;
}

export class BoothWorld {
  readonly root = mkdtempSync(join(tmpdir(), "kabina-world-"));
  data = join(this.root, "data");
  /** Where the booth's processes put what is temporary; theirs alone. */
  readonly temporary = join(this.root, "temporary");
  readonly person = join(this.root, "person");
  #applicant: Applicant | undefined;
  #booth: KabinaProcess<{ url: string }> | undefined;
  #server: KabinaProcess<{ intake: string; signIn: string }> | undefined;
  readonly secrets: Secret[] = [];

  /** Makes the person and the installation. Nothing listens at the server's address: packages wait in the outbox. */
  async prepare(scenario: Scenario = Scenario.parse({})): Promise<void> {
    this.#applicant = await makeApplicant(scenario, this.person);
    await provision(this.data, tools, { serverUrl: "https://127.0.0.1:9" });
    this.#knowSecrets();
  }

  get url(): string {
    return this.#booth?.ready.url ?? "";
  }

  get log(): string {
    return join(this.root, "booth.log");
  }

  async start(scenario: Scenario, ...more: string[]): Promise<void> {
    const faults = join(this.root, "faults.json");
    const policy = join(this.root, "policy.json");
    mkdirSync(this.temporary, { recursive: true });
    writeFileSync(faults, JSON.stringify(scenario.faults));
    writeFileSync(policy, JSON.stringify({ ...brief, ...scenario.policy }));
    const args = ["--data", this.data, "--port", "0", "--person", this.person, "--reader", "in-process"];
    this.#booth = await KabinaProcess.start(
      "booth",
      [...args, "--faults", faults, "--policy", policy, ...more],
      this.log,
      { TMPDIR: this.temporary },
    );
  }

  async stop(): Promise<void> {
    await this.#booth?.stop();
    this.#booth = undefined;
  }

  /** A server for this booth, which must be started after it. Gives the operator's sign-in link. */
  async startServer(): Promise<string> {
    const args = ["--data", this.data, "--port", "0", "--console-port", "0"];
    this.#server = await KabinaProcess.start("server", args, join(this.root, "server.log"));
    const { intake, signIn } = this.#server.ready;
    await provision(this.data, tools, { serverUrl: intake });
    return signIn;
  }

  async kill(): Promise<void> {
    await this.#booth?.kill();
    this.#booth = undefined;
  }

  async applicant(withSlip = true): Promise<Applicant> {
    const slip = withSlip ? (await issueSlips(this.data, tools, { count: 1, hours: 1 }))[0]!.number : null;
    return { ...this.#applicant!, slip };
  }

  /** One visit by the scenario. @param watch is told every state, for what a test wants to look at on the way */
  async visit(given: unknown, watch: (state: ScreenState) => Promise<void> | void = () => {}): Promise<VisitResult> {
    const scenario = Scenario.parse(given);
    if (this.#booth === undefined) await this.start(scenario);
    return visit(await this.applicant(scenario.slip), scenario, {
      boothUrl: () => this.url,
      kill: async (_which, backAfterMs) => {
        await this.kill();
        await new Promise((resolve) => setTimeout(resolve, backAfterMs));
        await this.start(scenario);
      },
      sealing: () => {},
      sealed: async () => {},
      state: watch,
      say: () => {},
    });
  }

  /** Adds a picture that the booth shows to what must not be found. */
  async knowPicture(name: string, path: string | null): Promise<void> {
    if (path === null) return;
    const response = await fetch(new URL(path, this.url));
    this.secrets.push({ name, bytes: new Uint8Array(await response.arrayBuffer()) });
  }

  /** What is readable of the person in the booth's data folder, and where its processes put what is temporary. */
  findings(): Finding[] {
    return [join(this.data, "booth"), this.temporary].flatMap((folder) => scanFolder(folder, this.secrets));
  }

  packages(): string[] {
    const folder = join(this.data, "booth", "outbox");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".kab")) : [];
  }

  sessions(): string[] {
    const folder = join(this.data, "booth", "sessions");
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.#server?.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  #knowSecrets(): void {
    const text = (name: string, value: string) => this.secrets.push({ name, bytes: new TextEncoder().encode(value) });
    const person = JSON.parse(readFileSync(join(this.person, "person.json"), "utf8"));
    text("surname", person.surname.latin);
    text("surname, Cyrillic", person.surname.cyrillic);
    text("document number", person.document.number);
    for (const line of person.mrzLines) text("MRZ", line);
    const { strokes } = JSON.parse(readFileSync(join(this.person, "signature.json"), "utf8"));
    text("strokes", JSON.stringify(strokes[0].slice(0, 6)));
    for (const name of ["DG1.bin", "DG2.bin"])
      this.secrets.push({ name, bytes: readFileSync(join(this.person, "passport", name)) });
    this.secrets.push({ name: "camera frames", bytes: readFileSync(join(this.person, "face", "live.mjpeg")) });
    for (const name of readdirSync(join(this.person, "fingers")).filter((file) => file.endsWith(".png")))
      this.secrets.push({ name, bytes: readFileSync(join(this.person, "fingers", name)) });
  }

  /** The prints' pixels, in case they are ever written undressed. */
  async knowPixels(): Promise<void> {
    for (const name of readdirSync(join(this.person, "fingers")).filter((file) => file.endsWith(".png"))) {
      const { data } = await decodeGrey(readFileSync(join(this.person, "fingers", name)), { ppi: 500 });
      this.secrets.push({ name: `pixels of ${name}`, bytes: data });
    }
  }
}
