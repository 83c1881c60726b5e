import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's root, from the sources and from `dist/` alike. */
export const root = (() => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
})();

/** The built screens; throws where they have not been built, for a test of an old screen proves nothing. */
export function screensFolder(which: "booth" | "console"): string {
  const folder = join(root, "dist", "screens", which);
  if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder} is not built: run "npm run build" first`);
  return folder;
}
