import { useRef, useState } from "react";
import type { ViewOf } from "../../api/messages.ts";
import { MrzKeyboard } from "../keys/keypad.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { faultPlaces } from "./mrz-places.ts";

/** ICAO 9303-4 §4.2.2, 9303-5 §4.2.2, 9303-6: lines and characters of the three sizes of document. */
export const BOOK_LENGTHS = [44, 36] as const;
const CARD_LENGTH = 30;

export type MrzShape = "two" | "three";

/** What has been typed and not yet sent, and how to change it. */
export function useMrzLines(view: ViewOf<"document">) {
  const [shape, setShape] = useState<MrzShape>(view.lines?.length === 3 ? "three" : "two");
  const [lines, setLines] = useState<string[]>(view.lines ?? ["", "", ""]);
  const count = shape === "two" ? 2 : 3;
  const length = shape === "two" ? BOOK_LENGTHS[0] : CARD_LENGTH;
  const shown = Array.from({ length: count }, (_, index) => lines[index] ?? "");
  const first = shown[0]?.length ?? 0;
  const even = shown.every((line) => line.length === first);
  const complete = even && (shape === "three" ? first === CARD_LENGTH : BOOK_LENGTHS.includes(first as 44));
  return { shape, setShape, lines: shown, setLines, length, complete };
}

export type MrzLines = ReturnType<typeof useMrzLines>;

/** The fields for the machine-readable zone with their keyboard; a real keyboard works as well. */
export function MrzEntry({ entry, view }: { entry: MrzLines; view: ViewOf<"document"> }) {
  const { t } = useTexts();
  const [active, setActive] = useState(0);
  const inputs = useRef<(HTMLInputElement | null)[]>([]);
  const { lines, setLines, length } = entry;

  const change = (index: number, text: string) => {
    const clean = text
      .toUpperCase()
      .replaceAll(/\s/g, "")
      .replaceAll(/[^A-Z0-9<]/g, "")
      .slice(0, length);
    setLines(lines.map((line, at) => (at === index ? clean : line)));
    const next = inputs.current[index + 1];
    if (clean.length === length && next && index + 1 < lines.length) next.focus();
  };
  const at = Math.min(active, lines.length - 1);
  const current = lines[at] ?? "";
  const insert = (text: string) => {
    const input = inputs.current[at];
    const from = input?.selectionStart ?? current.length;
    const to = input?.selectionEnd ?? current.length;
    change(at, current.slice(0, from) + text + current.slice(to));
    window.requestAnimationFrame(() => input?.setSelectionRange(from + text.length, from + text.length));
  };
  const erase = () => {
    const input = inputs.current[at];
    const to = input?.selectionEnd ?? current.length;
    const from = Math.max(0, Math.min(input?.selectionStart ?? current.length, to === 0 ? 0 : to - 1));
    change(at, current.slice(0, from) + current.slice(to));
    window.requestAnimationFrame(() => input?.setSelectionRange(from, from));
  };
  return (
    <div className="mrz">
      <div className="mrz-lines" style={{ ["--mrz-length" as string]: length }}>
        {lines.map((line, index) => {
          const places = faultPlaces(view.mrzFaults, lines).filter((place) => place.line === index);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the zone.
            <label key={index} className="mrz-line">
              <span className="mrz-name">{t("document.line", { number: index + 1 })}</span>
              <input
                ref={(element) => {
                  inputs.current[index] = element;
                }}
                inputMode="none"
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                value={line}
                aria-invalid={places.length > 0}
                onFocus={() => setActive(index)}
                onChange={(event) => change(index, event.target.value)}
              />
              <span className="mrz-marks" aria-hidden="true">
                {places.map((place) => (
                  <i
                    key={place.column}
                    style={{ ["--from" as string]: place.column, ["--many" as string]: place.length }}
                  />
                ))}
              </span>
              <span className="mrz-count" aria-hidden="true">
                {line.length}/{length}
              </span>
            </label>
          );
        })}
      </div>
      <MrzKeyboard
        label={t("document.keyboard")}
        onKey={insert}
        onErase={erase}
        onFill={() => change(at, current.padEnd(length, "<"))}
      />
    </div>
  );
}
