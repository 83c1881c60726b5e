import type { SignatureStrokes } from "../../../crypto/package/enrolment.ts";

/** Units of the drawing's height. */
const HEIGHT = 100;

/** The signature as it was drawn. */
export function SignatureInk({ signature, label }: { signature: SignatureStrokes; label: string }) {
  const width = HEIGHT * signature.aspect;
  return (
    <svg className="signature" viewBox={`0 0 ${width} ${HEIGHT}`} role="img" aria-label={label}>
      {signature.strokes.map((stroke) => {
        const points = stroke.map((point) => `${(point.x * width).toFixed(1)} ${(point.y * HEIGHT).toFixed(1)}`);
        const path = `M${points.join("L")}${points.length === 1 ? "h0.1" : ""}`;
        return <path key={path} d={path} />;
      })}
    </svg>
  );
}
