/** The session's pictures in memory, and the unguessable names under which its screen may fetch them. */
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { BlobId } from "./captures.ts";

const NAME_BYTES = 16;

export class Pictures {
  readonly #random: RandomBytes;
  readonly #blobs = new Map<BlobId, Uint8Array>();
  readonly #names = new Map<BlobId, string>();

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  add(blobs: ReadonlyMap<BlobId, Uint8Array>): void {
    for (const [id, bytes] of blobs) this.#blobs.set(id, bytes);
  }

  /** Throws `session/picture-missing`. */
  get(id: BlobId): Uint8Array {
    const blob = this.#blobs.get(id);
    if (blob === undefined) throw new KabinaError("session/picture-missing", { id });
    return blob;
  }

  /** The name of a picture in a URL; the same as long as the session lasts. */
  name(id: BlobId): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = Buffer.from(this.#random(NAME_BYTES)).toString("base64url");
    this.#names.set(id, name);
    return name;
  }

  /** The picture of that name; undefined for a name that this session never gave. */
  byName(name: string): { readonly bytes: Uint8Array; readonly mediaType: "image/jpeg" | "image/png" } | undefined {
    const id = [...this.#names].find(([, known]) => known === name)?.[0];
    const bytes = id === undefined ? undefined : this.#blobs.get(id);
    if (id === undefined || bytes === undefined) return undefined;
    return { bytes, mediaType: id.startsWith("finger-") ? "image/png" : "image/jpeg" };
  }

  /** Overwrites and forgets everything. */
  erase(): void {
    for (const bytes of this.#blobs.values()) bytes.fill(0);
    this.#blobs.clear();
    this.#names.clear();
  }
}
