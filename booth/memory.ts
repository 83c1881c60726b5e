/**
 * What the booth's process holds while nobody is there. Pictures of a session that are no longer referred to go when the session
 * ends, not when the heap is next full; and what was freed goes back to the system: glibc otherwise gives every thread an arena of
 * its own and keeps what lies between (a booth grew from 260 to 330 MB in a few sessions).
 */
import { createRequire } from "node:module";
import type koffiModule from "koffi";
import { collectGarbage } from "../crypto/garbage-collector.ts";

/** `mallopt` of glibc: <malloc.h> */
const M_ARENA_MAX = -8;
const M_TRIM_THRESHOLD = -1;
const M_MMAP_THRESHOLD = -3;
const ARENAS = 2;
/** Bytes: pictures are larger and then go back to the system at once. */
const THRESHOLD = 256 * 1024;

let trim: (() => void) | undefined;

/** Call it before the first thread is started. Without koffi or glibc it changes nothing. */
export function limitArenas(): void {
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof koffiModule;
    const libc = koffi.load("libc.so.6");
    const mallopt = libc.func("int mallopt(int param, int value)");
    const mallocTrim = libc.func("int malloc_trim(size_t pad)");
    mallopt(M_ARENA_MAX, ARENAS);
    mallopt(M_MMAP_THRESHOLD, THRESHOLD);
    mallopt(M_TRIM_THRESHOLD, THRESHOLD);
    trim = () => void mallocTrim(0);
  } catch {
    // Another C library, or koffi is not installed: the booth works and holds a little more.
  }
}

/** What is not referred to any more goes, and its memory back to the system. */
export function giveMemoryBack(): void {
  collectGarbage();
  trim?.();
}
