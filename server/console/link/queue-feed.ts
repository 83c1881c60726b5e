import { useCallback, useEffect, useReducer, useRef } from "react";
import { Queue, QueueEvent, type QueueItem } from "../../review/api.ts";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "./api.ts";

/** Milliseconds after which a broken event stream is opened again; the browser's own retry gives up on some answers. */
const REOPEN_MS = 3000;

export interface QueueState {
  /** In the order of the last sorting; what came since is in `fresh`. Decided ones stay in their place until sorted. */
  readonly sorted: readonly string[];
  readonly fresh: readonly string[];
  readonly decided: readonly string[];
  readonly items: Readonly<Record<string, QueueItem>>;
  /** When each item was heard of (`performance.now()`), so that waiting times run on. */
  readonly heardAt: Readonly<Record<string, number>>;
  readonly loaded: boolean;
  readonly live: boolean;
  readonly refusal: Refusal | null;
}

const EMPTY: QueueState = {
  sorted: [],
  fresh: [],
  decided: [],
  items: {},
  heardAt: {},
  loaded: false,
  live: false,
  refusal: null,
};

type Action =
  | { type: "loaded"; queue: Queue; at: number }
  | { type: "event"; event: QueueEvent; at: number }
  | { type: "live"; live: boolean }
  | { type: "refused"; refusal: Refusal };

export const isOpen = (item: QueueItem) =>
  item.state === "waiting" || item.state === "processing" || item.state === "failed";

export function reduceQueue(state: QueueState, action: Action): QueueState {
  switch (action.type) {
    case "loaded": {
      const all = [...action.queue.items, ...action.queue.decided];
      return {
        ...state,
        sorted: action.queue.items.map((item) => item.caseId),
        fresh: [],
        decided: action.queue.decided.map((item) => item.caseId),
        items: Object.fromEntries(all.map((item) => [item.caseId, item])),
        heardAt: Object.fromEntries(all.map((item) => [item.caseId, action.at])),
        loaded: true,
        refusal: null,
      };
    }
    case "event": {
      const { item } = action.event;
      const known = state.items[item.caseId];
      if (known && known.version > item.version) return state;
      const items = { ...state.items, [item.caseId]: item };
      const heardAt = { ...state.heardAt, [item.caseId]: action.at };
      if (known) return { ...state, items, heardAt };
      return isOpen(item)
        ? { ...state, items, heardAt, fresh: [...state.fresh, item.caseId] }
        : { ...state, items, heardAt, decided: [item.caseId, ...state.decided] };
    }
    case "live":
      return { ...state, live: action.live };
    case "refused":
      return { ...state, refusal: action.refusal };
  }
}

/** The queue, kept up to date by the event stream; `sort` asks for the server's order anew. */
export function useQueue(onExpired: () => void) {
  const [state, dispatch] = useReducer(reduceQueue, EMPTY);
  const sequence = useRef(0);

  const sort = useCallback(async () => {
    try {
      const queue = await ask(Queue, "/api/queue");
      sequence.current = queue.sequence;
      dispatch({ type: "loaded", queue, at: performance.now() });
    } catch (error) {
      const refusal = asRefusal(error);
      if (refusal.code === NOT_SIGNED_IN) onExpired();
      else dispatch({ type: "refused", refusal });
    }
  }, [onExpired]);

  useEffect(() => {
    let source: EventSource | undefined;
    let timer: number | undefined;
    let ended = false;
    const open = async () => {
      await sort();
      if (ended) return;
      source = new EventSource("/api/events");
      source.onopen = () => dispatch({ type: "live", live: true });
      source.onmessage = ({ data }) => {
        const event = QueueEvent.safeParse(JSON.parse(data));
        if (event.success && event.data.sequence > sequence.current) {
          sequence.current = event.data.sequence;
          dispatch({ type: "event", event: event.data, at: performance.now() });
        }
      };
      source.onerror = () => {
        dispatch({ type: "live", live: false });
        if (source?.readyState === EventSource.CLOSED && !ended) timer = window.setTimeout(open, REOPEN_MS);
      };
    };
    void open();
    return () => {
      ended = true;
      window.clearTimeout(timer);
      source?.close();
    };
  }, [sort]);
  return { queue: state, sort };
}
