/** The child's side: answers requests of its parent, and ends when the parent is gone. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { FromChild, SentError, ToChild } from "./messages.ts";

/** Answers one request. The signal aborts when the parent gives the request up; the method must settle soon after. */
export type ChildMethod = (params: never, signal: AbortSignal) => Promise<unknown>;

/** Serves the methods; returns the function that sends an event to the parent. Called once, at the top of a child's script. */
export function serve(methods: Readonly<Record<string, ChildMethod>>): (name: string, data: unknown) => void {
  const running = new Map<number, AbortController>();
  const send = (message: FromChild) => {
    // A parent that has just gone is no failure of ours: `disconnect` follows.
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  const answer = async (id: number, method: ChildMethod | undefined, name: string, params: unknown) => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (method === undefined) throw new Error(`no method ${name}`);
      send({ kind: "result", id, value: await method(params as never, controller.signal) });
    } catch (error) {
      send({ kind: "failure", id, error: sentError(error) });
    } finally {
      running.delete(id);
    }
  };
  process.on("message", (message: ToChild) => {
    if (message.kind === "ping") send({ kind: "pong", id: message.id });
    else if (message.kind === "cancel") running.get(message.id)?.abort();
    else void answer(message.id, methods[message.method], message.method, message.params);
  });
  // Nothing is left to save, and a library whose threads hang must not keep the process.
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
  // A signal meant for the terminal's whole group must not end the driver before its booth has said so.
  process.on("SIGINT", () => {});
  send({ kind: "ready" });
  return (name, data) => send({ kind: "event", name, data });
}

const sentError = (error: unknown): SentError => ({
  code: isCoded(error) ? error.code : null,
  details: isCoded(error) ? error.details : {},
  message: error instanceof Error ? error.message : String(error),
});
