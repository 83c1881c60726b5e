/**
 * The order for personalisation: a document's data groups and the draft of its LDS, signed by the server and sealed for whoever makes the document.
 * docs/formats/order.md.
 */
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { drawEnvelope, openEnvelope, parseAuthEnvelope, sealEnvelope } from "../../crypto/cms/auth-envelope.ts";
import { encode } from "../../crypto/der/writer.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { KeyRing } from "../../crypto/keys/key-ring.ts";
import { toInstant } from "../../crypto/package/manifest.ts";
import { type DocumentTrust, signDocument, verifyDocument } from "../../crypto/receipt/signed-document.ts";
import type { PassportFiles } from "../lds/file.ts";
import type { NewDocument } from "./new-document.ts";

export const orderFormat = "kabina-personalisation/1";
/** Bytes of a sealed order: two prints and a portrait are some 60 kB. */
const mostBytes = 8 * 1024 * 1024;
/** Bound into the envelope, so that none of another kind is taken for an order. */
const context = new TextEncoder().encode(orderFormat);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileNames = ["DG1", "DG2", "DG3", "EF.COM"] as const;

export const Order = z.strictObject({
  format: z.literal(orderFormat),
  orderId: z.uuid(),
  caseId: z.string().min(1).max(64),
  /** UTC, whole seconds; also the signature's signing time. */
  at: z.iso.datetime({ precision: 0 }),
  encoding: z.enum(["19794", "39794"]),
  /** LDSSecurityObject, DER, in base64: hashes of the data groups, to be signed by the document signer. */
  lds: z.base64().max(4096),
  files: z
    .array(z.strictObject({ name: z.enum(fileNames), bytes: z.int().positive(), sha256 }))
    .length(fileNames.length),
});
export type Order = z.infer<typeof Order>;

const Sealed = z.strictObject({
  order: z.strictObject({ document: z.base64(), signature: z.base64() }),
  files: z.record(z.enum(fileNames), z.base64()),
});

export interface OrderRequest {
  readonly orderId: string;
  readonly caseId: string;
  readonly encoding: Order["encoding"];
  readonly document: NewDocument;
}

export interface OpenedOrder {
  readonly order: Order;
  readonly files: PassportFiles;
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/**
 * Signs with the `server-receipt` key and seals for the recipients (P-256 certificates). Throws `key/unsuitable` for another
 * recipient.
 */
export async function sealOrder(
  { orderId, caseId, encoding, document }: OrderRequest,
  tools: {
    readonly key: PrivateKeyHandle;
    readonly recipients: readonly Certificate[];
    readonly at: Date;
    readonly random: RandomBytes;
  },
): Promise<Uint8Array> {
  const files = fileNames.map((name) => ({ name, content: document.files[name] ?? new Uint8Array() }));
  const order = Order.parse({
    format: orderFormat,
    orderId,
    caseId,
    at: toInstant(tools.at),
    encoding,
    lds: base64(document.lds),
    files: files.map(({ name, content }) => ({ name, bytes: content.length, sha256: digest(content) })),
  });
  const signed = await signDocument(order, tools.key, tools.at);
  const plaintext = canonicalize({
    order: { document: base64(signed.document), signature: base64(signed.signature) },
    files: Object.fromEntries(files.map(({ name, content }) => [name, base64(content)])),
  }) as string;
  const secrets = drawEnvelope(tools.recipients, context, tools.random);
  return encode(sealEnvelope(new TextEncoder().encode(plaintext), secrets));
}

/**
 * Opens an order with the recipient's keys, the current one or one that it followed (a document is made for weeks, and the key may be replaced
 * meanwhile): signature, then every file against its hash. Throws `issue/order-malformed`, `issue/order-file-differs`, `cms/…`, `receipt/…`,
 * `certificate/…`.
 */
export async function openOrder(
  sealed: Uint8Array,
  keys: Pick<KeyRing, "among" | "current">,
  trust: DocumentTrust,
): Promise<OpenedOrder> {
  if (sealed.length > mostBytes) throw new KabinaError("issue/order-malformed", { reason: "too large" });
  const envelope = parseAuthEnvelope(sealed);
  const named = envelope.recipients.flatMap(({ id }) =>
    "subjectKeyIdentifier" in id ? [Buffer.from(id.subjectKeyIdentifier).toString("hex")] : [],
  );
  const [key = keys.current] = await keys.among(named);
  const plaintext = await openEnvelope(envelope, key);
  let parts: z.infer<typeof Sealed>;
  try {
    parts = Sealed.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plaintext)));
  } catch (cause) {
    throw new KabinaError("issue/order-malformed", { reason: "not of its schema" }, { cause });
  }
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
  const signed = { document: bytes(parts.order.document), signature: bytes(parts.order.signature) };
  const { value: order } = verifyDocument(signed, Order, ({ at }) => at, oids.kabinaReceiptSigning, trust);
  const files: PassportFiles = {};
  for (const { name, sha256: wanted } of order.files) {
    const content = bytes(parts.files[name] ?? "");
    if (digest(content) !== wanted) throw new KabinaError("issue/order-file-differs", { file: name });
    files[name] = content;
  }
  return { order, files };
}
