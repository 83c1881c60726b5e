/**
 * A person who reads Russian must never meet an English sentence, nor the other way round: both files of texts have the same
 * keys and placeholders, every text is used, and no component carries a sentence of its own.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseSync } from "@swc/core";
import { en as kioskEn } from "../../booth/screen/texts/en.ts";
import { ru as kioskRu } from "../../booth/screen/texts/ru.ts";
import { en as consoleEn } from "../../server/console/texts/en.ts";
import { ru as consoleRu } from "../../server/console/texts/ru.ts";
import { root } from "./screens-folder.ts";

/** Attributes whose text a person sees or hears. */
const SPOKEN = ["aria-label", "alt", "title", "placeholder", "aria-description", "aria-roledescription"];
const LETTERS = /\p{L}{2,}/u;
/** Signs that are the same in every language: keys of the keyboard, and what a screen reader is told of none. */
const SAME_EVERYWHERE = new Set(["Esc", "Enter"]);

type Tree = { [key: string]: string | Tree };

function sentences(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") found.set(here, value);
    else for (const [inner, text] of sentences(value, here)) found.set(inner, text);
  }
  return found;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("texts/"))
    .map((name) => join(folder, name));
}

/** Sentences in a component's own source: text between tags, and the attributes that are read aloud. */
function ownSentences(file: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (node === null || typeof node !== "object" || Array.isArray(node)) return;
    const at = node as { type?: string; value?: unknown; name?: { value?: string } };
    if (at.type === "JSXText" && LETTERS.test(String(at.value).trim())) found.push(String(at.value).trim());
    if (at.type === "JSXAttribute" && SPOKEN.includes(at.name?.value ?? "")) {
      const value = at.value as { type?: string; value?: string } | null;
      if (value?.type === "StringLiteral" && LETTERS.test(value.value ?? ""))
        found.push(`${at.name?.value}="${value.value}"`);
    }
    for (const value of Object.values(node)) visit(value);
  };
  visit(parseSync(readFileSync(join(root, file), "utf8"), { syntax: "typescript", tsx: true }));
  return found.filter((text) => !SAME_EVERYWHERE.has(text));
}

for (const [name, folder, en, ru] of [
  ["kiosk", "booth/screen", kioskEn, kioskRu],
  ["console", "server/console", consoleEn, consoleRu],
] as const) {
  describe(`texts of the ${name}`, () => {
    const english = sentences(en as Tree);
    const russian = sentences(ru as Tree);

    test("both languages have the same keys, and no text is empty", () => {
      expect([...russian.keys()].sort()).toEqual([...english.keys()].sort());
      for (const texts of [english, russian])
        for (const [key, text] of texts) expect([key, text.trim()]).not.toEqual([key, ""]);
    });

    test("a text and its translation are filled with the same values", () => {
      for (const [key, text] of english)
        expect([key, placeholders(russian.get(key) ?? "")]).toEqual([key, placeholders(text)]);
    });

    test("Russian texts are Russian: they have Cyrillic letters, and English ones have none", () => {
      const foreign = (key: string) => /language|(start|pickup)\.(en|ru)|^brand$|units|keys|Tag$/i.test(key);
      for (const [key, text] of russian)
        if (!foreign(key))
          expect([key, /[А-яЁё]|^[^A-Za-z]*$/.test(text.replaceAll(/\{\{\w+\}\}/g, ""))]).toEqual([key, true]);
      for (const [key, text] of english) if (!foreign(key)) expect([key, /[А-яЁё]/.test(text)]).toEqual([key, false]);
    });

    test("no component has a sentence of its own", () => {
      const own = sources(folder).flatMap((file) => ownSentences(file).map((text) => `${file}: ${text}`));
      expect(own).toEqual([]);
    });

    test("every text is used somewhere", () => {
      const code = sources(folder)
        .map((file) => readFileSync(join(root, file), "utf8"))
        .join("\n");
      // `t("a.b")` names one text, t(`a.b.${c}`) a whole branch of them.
      const unused = [...english.keys()].filter((key) => {
        if (code.includes(`"${key}"`)) return false;
        for (let cut = key.lastIndexOf("."); cut > 0; cut = key.lastIndexOf(".", cut - 1))
          if (code.includes(`\`${key.slice(0, cut)}.\${`)) return false;
        return true;
      });
      expect(unused).toEqual([]);
    });
  });
}
