/** A whole server with its authority's office, and a person of each role, for tests. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { loadIdentity } from "../../../server/keys.ts";
import { type RunningServer, startServer } from "../../../server/main.ts";
import { registerFile } from "../../../server/pki/pki.ts";
import { Register } from "../../../server/register/register.ts";
import { roles } from "../../../server/staff/roles.ts";
import { ConsoleClient } from "../console-client.ts";
import { makePkiInstallation, type PkiInstallation } from "../pki/pki-installation.ts";

export interface StaffedServer {
  readonly installation: PkiInstallation;
  readonly server: RunningServer;
  readonly register: Register;
  /** `http://127.0.0.1:port` */
  readonly console: string;
  signIn(person: string): Promise<ConsoleClient>;
  close(): Promise<void>;
}

/** Persons are called after their role; `security-officer-2` is a second officer. */
export async function startStaffedServer(files?: string): Promise<StaffedServer> {
  const installation = await makePkiInstallation();
  const { data, clock } = installation;
  const folder = join(data, "server");
  await mkdir(folder, { recursive: true });
  const register = new Register(registerFile(data));
  register.change(() => {
    const common = { state: "active", demonstration: true } as const;
    for (const role of roles) register.setPerson({ ...common, id: role, name: role, roles: [role] });
    register.setPerson({ ...common, id: "security-officer-2", name: "Second", roles: ["security-officer"] });
  });
  const faults: unknown[] = [];
  const server = await startServer({
    folder,
    identity: await loadIdentity(folder, {}, systemRandom),
    clock,
    random: systemRandom,
    intake: { host: "127.0.0.1", port: 0 },
    console: { port: 0, files: files ?? data },
    pki: { office: installation.pki, host: "127.0.0.1", port: 0 },
    log: (event, details) => event === "fault" && faults.push(details),
  });
  return {
    installation,
    server,
    register,
    console: `http://127.0.0.1:${server.consolePort}`,
    signIn: (person) => ConsoleClient.signIn(server.signInLink(person)!),
    async close() {
      await server.close();
      register.close();
      await installation.remove();
      if (faults.length > 0) throw new Error(JSON.stringify(faults));
    },
  };
}
