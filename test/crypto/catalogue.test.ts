/** What would be lost: a person before a screen that says only "internal/unexpected", or a translation of nothing. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { catalogue, explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const rooms = ["crypto", "biometrics", "mrtd", "devices", "booth", "server", "cli"];
/** Anything that looks like a code, in quotes. */
const quoted = /["'`]([a-z0-9-]+\/[a-z0-9-]+)["'`]/g;
/** A code where a failure is made: `…Error("room/what"`, `…Error(condition ? "a/b" : "a/c"`, `code: "room/what"`. */
const thrown =
  /(?:Error|Failure|Fault|fail|refuse|refusal|malformed)\(\s*(?:[^"'`;()]*\?\s*)?["'`]([a-z0-9-]+\/[a-z0-9-]+)["'`]/g;

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(entry.name === "catalogue" ? [] : await sources(path)));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

const texts = await Promise.all(
  (await Promise.all(rooms.map((room) => sources(join(root, room))))).flat().map(async (path) => ({
    path: path.slice(root.length + 1),
    text: await readFile(path, "utf8"),
  })),
);

describe("the catalogue of failures", () => {
  it("explains every code that the source throws", () => {
    const unexplained = texts.flatMap(({ path, text }) =>
      [...text.matchAll(thrown)].filter(([, code]) => !(code! in catalogue)).map(([, code]) => `${path}: ${code}`),
    );
    expect(unexplained).toEqual([]);
  });

  it("explains nothing that the source never names", () => {
    const named = new Set(texts.flatMap(({ text }) => [...text.matchAll(quoted)].map(([, code]) => code)));
    expect(Object.keys(catalogue).filter((code) => !named.has(code))).toEqual([]);
  });

  it("says cause and next step in both languages, as whole sentences with the same placeholders", () => {
    const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    for (const [code, text] of Object.entries(catalogue))
      for (const part of [text.cause, text.next]) {
        expect([code, placeholders(part.ru)]).toEqual([code, placeholders(part.en)]);
        expect([code, /[а-яё]/i.test(part.ru), /[а-яё]/i.test(part.en)]).toEqual([code, true, false]);
        expect(part.en.trim()).toMatch(/[.!?)}]$/);
      }
  });

  it("fills the placeholders", () => {
    const explained = explain(new KabinaError("package/part-missing", { part: "portrait" }), "ru");
    expect(explained.cause).toBe("Нет части portrait.");
  });
});
