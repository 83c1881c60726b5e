/** Which video devices the kernel has now, from its own files; no library. */
import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

export interface VideoDevice {
  /** `/dev/videoN` */
  readonly path: string;
  readonly name: string;
}

export interface VideoFolders {
  /** Where the kernel lists video devices. */
  readonly sys: string;
  /** Where their nodes are. */
  readonly dev: string;
}

const kernelFolders: VideoFolders = { sys: "/sys/class/video4linux", dev: "/dev" };
const MAX_NAME = 200;

/**
 * Capture devices in the order of their numbers. A camera shows several nodes (picture, metadata); only the first of each, with
 * `index` 0, gives pictures. A machine without video devices gives an empty list.
 */
export async function listVideoDevices(folders: VideoFolders = kernelFolders): Promise<VideoDevice[]> {
  const nodes = await readdir(folders.sys).catch(() => []);
  const found: VideoDevice[] = [];
  for (const node of nodes.filter((one) => /^video\d+$/.test(one)).sort(byNumber)) {
    const index = await readLine(`${folders.sys}/${node}/index`);
    if (index !== null && index !== "0") continue;
    const name = (await readLine(`${folders.sys}/${node}/name`)) ?? node;
    found.push({ path: `${folders.dev}/${node}`, name });
  }
  return found;
}

/** Calls back when video nodes come or go under /dev, until the signal aborts. */
export function watchVideoDevices(
  changed: () => void,
  signal: AbortSignal,
  folders: VideoFolders = kernelFolders,
): void {
  if (signal.aborted) return;
  let watcher: FSWatcher;
  try {
    watcher = watch(folders.dev, { persistent: false });
  } catch {
    // No folder to watch: the registry's polling finds devices all the same, a little later.
    return;
  }
  watcher.on("change", (_event, name) => {
    if (/^video\d+$/.test(String(name))) changed();
  });
  watcher.on("error", () => watcher.close());
  signal.addEventListener("abort", () => watcher.close(), { once: true });
}

const byNumber = (a: string, b: string) => Number(a.slice(5)) - Number(b.slice(5));

async function readLine(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim().slice(0, MAX_NAME);
  } catch {
    return null;
  }
}
