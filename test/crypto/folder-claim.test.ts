/** What would be lost: an audit log that two servers write, a journal that two booths write. */
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { claimFolder } from "../../crypto/folder-claim.ts";

it("a folder is one server's and one booth's at a time, by whatever name it is reached, and free again when they end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kabina-claim-"));
  const alias = `${folder}-alias`;
  await symlink(folder, alias);
  try {
    const [server, booth] = await Promise.all([claimFolder(folder, "server"), claimFolder(folder, "booth")]);
    await expect(claimFolder(alias, "server")).rejects.toMatchObject({
      code: "server/already-running",
      details: { pid: process.pid },
    });
    await expect(claimFolder(alias, "booth")).rejects.toMatchObject({ code: "booth/already-running" });
    await new Promise((done) => server.close(done));
    const next = await claimFolder(alias, "server");
    for (const held of [next, booth]) held.close();
  } finally {
    await rm(alias);
    await rm(folder, { recursive: true });
  }
});
