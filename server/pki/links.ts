/** The certificates by which one root vouches for another (RFC 4210 §4.4), `<data>/authority/links.pem`: none while there was one root only. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";

const file = (folder: string): string => join(folder, "links.pem");

/** @param folder `<data>/authority` */
export async function readLinks(folder: string): Promise<readonly Certificate[]> {
  const text = await readFile(file(folder), "utf8").catch(() => "");
  return text === "" ? [] : Certificate.fromPem(text);
}

export async function writeLinks(folder: string, links: readonly Certificate[]): Promise<void> {
  const distinct = new Map(links.map((link) => [link.sha256, link.toPem()]));
  if (distinct.size > 0) await writeFileDurably(file(folder), [...distinct.values()].join(""));
}
