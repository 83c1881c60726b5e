/** A real disk (ext4 in a file) that can be made to stop answering, as a failing one does: writers hang and cannot be ended. Needs root. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "ignore" });

export class FrozenDisk {
  readonly path: string;
  readonly #image: string;
  #frozen = false;

  private constructor(path: string, image: string) {
    this.path = path;
    this.#image = image;
  }

  static make(path: string, bytes: number): FrozenDisk {
    const image = `${path}.image`;
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(image, "");
    truncateSync(image, bytes);
    run("mkfs.ext4", "-q", "-m", "0", image);
    run("mount", "-o", "loop", image, path);
    rmSync(`${path}/lost+found`, { recursive: true });
    return new FrozenDisk(path, image);
  }

  freeze(): void {
    run("fsfreeze", "-f", this.path);
    this.#frozen = true;
  }

  thaw(): void {
    if (this.#frozen) run("fsfreeze", "-u", this.path);
    this.#frozen = false;
  }

  remove(): void {
    this.thaw();
    run("umount", "-l", this.path);
    rmSync(this.#image, { force: true });
  }
}

/** Why no disk can be frozen here; null when one can. @param scratch a folder that may be made and removed */
export function frozenDiskMissing(scratch: string): string | null {
  if (process.getuid?.() !== 0) return "freezing a disk needs root";
  try {
    const disk = FrozenDisk.make(scratch, 4 * 1024 * 1024);
    try {
      disk.freeze();
    } finally {
      disk.remove();
    }
    return null;
  } catch {
    return "this machine does not let a disk in a file be mounted and frozen";
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
