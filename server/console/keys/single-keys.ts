import { useEffect, useRef } from "react";

export type Commands = Readonly<Record<string, () => void>>;

const KEY = "kabina.single-keys";

/** WCAG 2.1.4: commands of one letter can be switched off. */
export const singleKeysOn = () => localStorage.getItem(KEY) !== "off";
export const switchSingleKeys = (on: boolean) => localStorage.setItem(KEY, on ? "on" : "off");

/**
 * Commands by the key's place on the keyboard (`a` is `KeyA`), so that they work under a Russian layout as well. Silent while a text
 * is typed, while a dialog is open, and with Ctrl, Alt or Meta.
 */
export function useSingleKeys(commands: Commands, enabled: boolean): void {
  const latest = useRef(commands);
  latest.current = commands;
  useEffect(() => {
    if (!enabled) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (target.closest("input, textarea, select, dialog")) return;
      const asksHelp = event.key === "?" || (event.code === "Slash" && event.shiftKey) || event.key === "F1";
      const name = asksHelp ? "?" : event.code.replace(/^Key/, "").toLowerCase();
      const command = latest.current[name];
      if (!command || (event.shiftKey && name !== "?")) return;
      event.preventDefault();
      command();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [enabled]);
}
