import { type PointerEvent, useEffect, useRef } from "react";
import type { SignatureStrokes } from "../../../crypto/package/enrolment.ts";

type Stroke = SignatureStrokes["strokes"][number];

/** As in `SignatureStrokes`: what is drawn beyond is not recorded. */
const MAX_STROKES = 100;
const MAX_POINTS = 2000;
const MAX_MS = 600_000;
/** Line width as a share of the field's height, at no and at full pressure. */
const THIN = 0.008;
const THICK = 0.024;
const DECIMALS = 10_000;

interface SignaturePadProps {
  aspect: number;
  strokes: Stroke[];
  label: string;
  onChange: (strokes: Stroke[]) => void;
}

const round = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * DECIMALS) / DECIMALS;

function draw(canvas: HTMLCanvasElement, strokes: readonly Stroke[]) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = getComputedStyle(canvas).color;
  for (const stroke of strokes) {
    for (let index = 0; index < stroke.length; index += 1) {
      const point = stroke[index];
      const before = stroke[Math.max(0, index - 1)];
      if (!point || !before) continue;
      context.lineWidth = height * (THIN + (THICK - THIN) * (point.p ?? 0.5));
      context.beginPath();
      context.moveTo(before.x * width, before.y * height);
      context.lineTo(point.x * width + 0.01, point.y * height);
      context.stroke();
    }
  }
}

/** The field to sign in: pen, finger or mouse, with pressure where the device has it. */
export function SignaturePad({ aspect, strokes, label, onChange }: SignaturePadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const running = useRef<{ strokes: Stroke[]; pointer: number } | null>(null);
  const startedAt = useRef<number | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const measure = () => {
      const box = element.getBoundingClientRect();
      element.width = Math.round(box.width * devicePixelRatio);
      element.height = Math.round(box.height * devicePixelRatio);
      draw(element, running.current?.strokes ?? strokes);
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, [strokes]);

  const pointOf = (event: {
    clientX: number;
    clientY: number;
    pressure: number;
    pointerType: string;
    timeStamp: number;
  }) => {
    const box = canvas.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    startedAt.current ??= event.timeStamp;
    const t = Math.min(MAX_MS, Math.max(0, Math.round(event.timeStamp - startedAt.current)));
    const point = {
      x: round((event.clientX - box.left) / box.width),
      y: round((event.clientY - box.top) / box.height),
      t,
    };
    return event.pointerType === "pen" ? { ...point, p: round(event.pressure) } : point;
  };
  const down = (event: PointerEvent<HTMLCanvasElement>) => {
    if (running.current !== null || strokes.length >= MAX_STROKES) return;
    if (strokes.length === 0) startedAt.current = null;
    event.currentTarget.setPointerCapture(event.pointerId);
    running.current = { pointer: event.pointerId, strokes: [...strokes, [pointOf(event.nativeEvent)]] };
    draw(event.currentTarget, running.current.strokes);
  };
  const move = (event: PointerEvent<HTMLCanvasElement>) => {
    const now = running.current;
    const stroke = now?.strokes.at(-1);
    if (!now || !stroke || now.pointer !== event.pointerId) return;
    const native = event.nativeEvent;
    const points = native.getCoalescedEvents?.() ?? [];
    for (const point of points.length > 0 ? points : [native])
      if (stroke.length < MAX_POINTS) stroke.push(pointOf(point));
    draw(event.currentTarget, now.strokes);
  };
  const up = (event: PointerEvent<HTMLCanvasElement>) => {
    const now = running.current;
    if (!now || now.pointer !== event.pointerId) return;
    running.current = null;
    onChange(now.strokes);
  };
  return (
    <canvas
      ref={canvas}
      className="signature-pad"
      role="img"
      aria-label={label}
      style={{ aspectRatio: String(aspect) }}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={up}
    />
  );
}
