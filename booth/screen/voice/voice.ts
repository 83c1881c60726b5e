/** Speaks the sentences of the screen, for whoever looks at the camera or cannot see; never two at once, never one that is over. */
import type { Language } from "../../api/messages.ts";

/** What a browser offers of the Web Speech API, and what a test puts in its place. */
export type Speech = Pick<SpeechSynthesis, "speak" | "cancel" | "getVoices" | "addEventListener">;

const TAGS: Readonly<Record<Language, string>> = { ru: "ru-RU", en: "en-GB" };
/** A little slower than the voice's own pace: people do something while they listen. */
const RATE = 0.95;

export class Voice {
  readonly #speech: Speech | undefined;
  readonly #listeners = new Set<() => void>();
  #speaking = false;
  #current: SpeechSynthesisUtterance | undefined;
  #next: { readonly sentence: string; readonly language: Language } | undefined;
  #muted = false;

  /** @param speech absent in a browser without speech: nothing is said then, and `speaks` says so */
  constructor(speech: Speech | undefined) {
    this.#speech = speech;
    // Voices come some time after the page.
    speech?.addEventListener("voiceschanged", () => this.#changed());
  }

  /** Whether there is a voice for the language; Russian read by an English voice helps nobody. */
  speaks(language: Language): boolean {
    return this.#voice(language) !== undefined;
  }

  get muted(): boolean {
    return this.#muted;
  }

  mute(muted: boolean): void {
    this.#muted = muted;
    if (muted) this.hush();
    this.#changed();
  }

  /** Says a new page at once: what was being said belongs to the page before. */
  sayNow(sentence: string, language: Language): void {
    this.hush();
    this.say(sentence, language);
  }

  /** Says a changed sentence after the one being said; of several that wait, only the last is still true. */
  say(sentence: string, language: Language): void {
    if (this.#muted || sentence === "" || !this.speaks(language)) return;
    if (this.#speaking) this.#next = { sentence, language };
    else this.#speak(sentence, language);
  }

  hush(): void {
    this.#next = undefined;
    this.#speaking = false;
    this.#speech?.cancel();
  }

  /** For React: calls `changed` whenever muting or the voices change. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  #speak(sentence: string, language: Language): void {
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.lang = TAGS[language];
    utterance.rate = RATE;
    utterance.voice = this.#voice(language) ?? null;
    const over = () => {
      // A hushed sentence ends too, perhaps after the next one has begun.
      if (this.#current !== utterance) return;
      this.#speaking = false;
      const next = this.#next;
      this.#next = undefined;
      if (next !== undefined) this.say(next.sentence, next.language);
    };
    utterance.onend = over;
    utterance.onerror = over;
    this.#current = utterance;
    this.#speaking = true;
    this.#speech?.speak(utterance);
  }

  #voice(language: Language): SpeechSynthesisVoice | undefined {
    const voices = (this.#speech?.getVoices() ?? []).filter(({ lang }) => lang.slice(0, 2).toLowerCase() === language);
    // A voice in the network would hear every sentence, and is silent in a bus.
    const local = voices.filter(({ localService }) => localService);
    // The language as spoken where it comes from, before its other accents.
    return local.find(({ lang }) => lang === TAGS[language]) ?? local.find(({ lang }) => lang === language) ?? local[0];
  }

  #changed(): void {
    for (const changed of this.#listeners) changed();
  }
}
