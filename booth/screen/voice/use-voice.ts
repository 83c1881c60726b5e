import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Language } from "../../api/messages.ts";
import { useTexts } from "../texts/use-texts.ts";
import { Voice } from "./voice.ts";

/** A page in another language is drawn once in the old one: what stands for less than this is not said. */
const SETTLING_MS = 100;

/** The booth's one voice. */
const voice = new Voice(globalThis.speechSynthesis);

/**
 * Says what the page shows. A new page is said at once, a sentence that changes on it after the one being said.
 * @param page changes with the page
 */
export function useSpokenPage(page: string, sentences: readonly (string | undefined)[]): void {
  const { language } = useTexts();
  const said = useRef<string | null>(null);
  const text = sentences.filter(Boolean).join(" ");
  useEffect(() => {
    const timer = window.setTimeout(() => {
      if (said.current === page) voice.say(text, language as Language);
      else voice.sayNow(text, language as Language);
      said.current = page;
    }, SETTLING_MS);
    return () => window.clearTimeout(timer);
  }, [page, text, language]);
}

/** Says a hint that changes on a page whose own sentences stay. */
export function useSpokenHint(hint: string): void {
  const { language } = useTexts();
  useEffect(() => {
    const timer = window.setTimeout(() => voice.say(hint, language as Language), SETTLING_MS);
    return () => window.clearTimeout(timer);
  }, [hint, language]);
}

/** Whether the booth can be heard in this language, and the switch for it; each visit begins with sound. */
export function useSound(visiting: boolean): { possible: boolean; on: boolean; turn: (on: boolean) => void } {
  const { language } = useTexts();
  const possible = useSyncExternalStore(voice.subscribe, () => voice.speaks(language as Language));
  const on = useSyncExternalStore(voice.subscribe, () => !voice.muted);
  useEffect(() => {
    if (!visiting && voice.muted) voice.mute(false);
  }, [visiting]);
  return { possible, on, turn: (sound) => voice.mute(!sound) };
}
