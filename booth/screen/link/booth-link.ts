import { useCallback, useEffect, useRef, useState } from "react";
import type { BoothMessage, ScreenEvent, ScreenHello, ScreenState } from "../../api/messages.ts";
import { BoothMessage as BoothMessageSchema } from "../../api/messages.ts";

/** Milliseconds between tries to reach a booth that does not answer. */
const RECONNECT_MS = 1000;
/** Milliseconds after which a refusal of the booth is no longer shown. */
const REJECTED_SHOWN_MS = 6000;
/** The token of this screen: a reload keeps the place, another browser does not get it. */
const TOKEN_KEY = "kabina.token";

export type InUse = Extract<BoothMessage, { type: "in-use" }>;
export type Rejected = Extract<BoothMessage, { type: "rejected" }>;

/** `connecting`: never had an answer; `offline`: had one, and lost the booth. */
export type LinkState =
  | { kind: "connecting" }
  | { kind: "offline"; last: ScreenState }
  | { kind: "in-use"; message: InUse }
  | { kind: "on"; state: ScreenState; receivedAt: number };

export interface BoothLink {
  link: LinkState;
  rejected: Rejected | null;
  send(event: ScreenEvent): void;
  /** Camera frames; false where they would only pile up. */
  sendFrame(kind: number, jpeg: Uint8Array): boolean;
  takeOver(): void;
}

/** Bytes waiting in the socket beyond which a preview frame is dropped instead of queued. */
const MAX_BACKLOG_BYTES = 400_000;

/** The screen's one connection: shows what the booth says and says what the person did. */
export function useBoothLink(): BoothLink {
  const [link, setLink] = useState<LinkState>({ kind: "connecting" });
  const [rejected, setRejected] = useState<Rejected | null>(null);
  const socket = useRef<WebSocket | null>(null);
  const wantsTakeOver = useRef(false);
  const reconnectNow = useRef<() => void>(() => {});

  useEffect(() => {
    let ended = false;
    let timer: number | undefined;
    let last: ScreenState | null = null;

    const connect = () => {
      window.clearTimeout(timer);
      const url = new URL("/api/screen", location.href);
      url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
      const ws = new WebSocket(url);
      ws.binaryType = "arraybuffer";
      socket.current = ws;
      let newest = -1;
      ws.onopen = () => {
        const hello: ScreenHello = {
          type: "hello",
          token: sessionStorage.getItem(TOKEN_KEY),
          takeOver: wantsTakeOver.current,
          camera: navigator.mediaDevices?.getUserMedia !== undefined,
        };
        wantsTakeOver.current = false;
        ws.send(JSON.stringify(hello));
      };
      ws.onmessage = ({ data }) => {
        if (typeof data !== "string") return;
        const parsed = BoothMessageSchema.safeParse(JSON.parse(data));
        if (!parsed.success) {
          console.error("a message of the booth was not understood", parsed.error.issues.slice(0, 3));
          return;
        }
        const message = parsed.data;
        if (message.type === "granted") sessionStorage.setItem(TOKEN_KEY, message.token);
        else if (message.type === "in-use") setLink({ kind: "in-use", message });
        else if (message.type === "rejected") setRejected(message);
        else if (message.sequence > newest) {
          newest = message.sequence;
          if (last?.step !== message.step) setRejected(null);
          last = message;
          setLink({ kind: "on", state: message, receivedAt: performance.now() });
        }
      };
      ws.onclose = () => {
        if (ended || socket.current !== ws) return;
        const known = last;
        setLink((old) =>
          old.kind === "in-use" ? old : known ? { kind: "offline", last: known } : { kind: "connecting" },
        );
        timer = window.setTimeout(connect, RECONNECT_MS);
      };
    };
    reconnectNow.current = () => {
      const old = socket.current;
      socket.current = null;
      old?.close();
      connect();
    };
    connect();
    return () => {
      ended = true;
      window.clearTimeout(timer);
      socket.current?.close();
    };
  }, []);

  useEffect(() => {
    if (rejected === null) return;
    const timer = window.setTimeout(() => setRejected(null), REJECTED_SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [rejected]);

  const send = useCallback((event: ScreenEvent) => {
    if (socket.current?.readyState === WebSocket.OPEN) socket.current.send(JSON.stringify(event));
  }, []);
  const sendFrame = useCallback((kind: number, jpeg: Uint8Array) => {
    const ws = socket.current;
    if (ws?.readyState !== WebSocket.OPEN || ws.bufferedAmount > MAX_BACKLOG_BYTES) return false;
    const message = new Uint8Array(jpeg.length + 1);
    message[0] = kind;
    message.set(jpeg, 1);
    ws.send(message);
    return true;
  }, []);
  const takeOver = useCallback(() => {
    wantsTakeOver.current = true;
    reconnectNow.current();
  }, []);
  return { link, rejected, send, sendFrame, takeOver };
}
