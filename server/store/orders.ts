/** Documents that were ordered, as pick-up finds them again: by the hashes of files that no other document has. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { type PickupHash, pickupHashes } from "../../crypto/delivery/pickup.ts";
import type { CaseRecord } from "./cases.ts";
import type { Database } from "./database.ts";
import type { Parts } from "./parts.ts";

/** Hashes of one file, in hexadecimal, by whatever algorithm its document's signer may use. */
const Hashes = z.record(z.enum(pickupHashes), z.string());

const OrderedDocument = z.object({
  orderId: z.uuid(),
  at: z.iso.datetime(),
  dg1: z.base64(),
  portrait: Hashes,
  prints: Hashes,
});
export type OrderedDocument = z.infer<typeof OrderedDocument>;

export interface OrderedFiles {
  readonly DG1: Uint8Array;
  readonly DG2: Uint8Array;
  readonly DG3: Uint8Array;
}

const MEDIA_TYPE = "application/vnd.kabina.ordered-document+json";
const partName = (orderId: string): string => `order-${orderId}`;

function hashesOf(file: Uint8Array): Record<PickupHash, string> {
  const entries = pickupHashes.map((hash) => [hash, createHash(hash).update(file).digest("hex")]);
  return Object.fromEntries(entries) as Record<PickupHash, string>;
}

export class Orders {
  readonly #parts: Parts;
  readonly #insert;
  readonly #find;

  constructor(database: Database, parts: Parts) {
    this.#parts = parts;
    this.#insert = database.prepare("INSERT OR REPLACE INTO ordered_file VALUES (?, ?, ?)");
    this.#find = database.prepare<[string], { caseId: string; orderId: string }>(
      "SELECT case_id AS caseId, order_id AS orderId FROM ordered_file WHERE digest = ? LIMIT 1",
    );
  }

  /** Encrypts what is kept of an order under its case's key; the change that is given back makes it durable. */
  async prepare(record: CaseRecord, orderId: string, at: string, files: OrderedFiles): Promise<() => void> {
    const [portrait, prints] = [hashesOf(files.DG2), hashesOf(files.DG3)];
    const dg1 = Buffer.from(files.DG1).toString("base64");
    const kept: OrderedDocument = { orderId, at, dg1, portrait, prints };
    const name = partName(orderId);
    const seal = await this.#parts.resealer(record);
    const sealed = seal(name, Buffer.from(JSON.stringify(kept)));
    return () => {
      this.#parts.insert(record.caseId, { name, mediaType: MEDIA_TYPE, sealed });
      for (const digest of [...Object.values(portrait), ...Object.values(prints)])
        this.#insert.run(digest, record.caseId, orderId);
    };
  }

  /** The case and the order of a file with one of these hashes. */
  find(digests: readonly (string | null)[]): { readonly caseId: string; readonly orderId: string } | undefined {
    for (const digest of digests) {
      const found = digest === null ? undefined : this.#find.get(digest);
      if (found) return found;
    }
    return undefined;
  }

  /** @throws KabinaError `store/part-unknown`, `store/erased`, `key/unwrap` */
  async read(record: CaseRecord, orderId: string): Promise<OrderedDocument> {
    const { bytes } = await this.#parts.read(record, partName(orderId));
    return OrderedDocument.parse(JSON.parse(bytes.toString("utf8")));
  }
}
