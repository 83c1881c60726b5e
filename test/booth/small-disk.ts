/** A real disk of a few hundred kilobytes (tmpfs), to see what a full one does. Needs root. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Why there can be no small disk here; null when there can. */
export function smallDiskMissing(): string | null {
  if (process.getuid?.() !== 0) return "mounting a small disk needs root";
  try {
    execFileSync("unshare", ["-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"], { stdio: "ignore" });
    return null;
  } catch {
    return "this machine does not let a small disk be mounted";
  }
}

export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static make(path: string, bytes: number): SmallDisk {
    mkdirSync(path, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=0700`, "tmpfs", path]);
    return new SmallDisk(path);
  }

  /** Leaves less than a page. */
  fill(leave = 0): void {
    const { bavail, bsize } = statfsSync(this.path);
    try {
      writeFileSync(join(this.path, "ballast"), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
    } catch (error) {
      // Somebody else wrote in between: the disk is full all the same.
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    }
  }

  free(): void {
    rmSync(join(this.path, "ballast"), { force: true });
  }

  remove(): void {
    execFileSync("umount", ["-l", this.path]);
  }
}
