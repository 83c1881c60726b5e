import QRCode from "qrcode";
import { useMemo } from "react";

/** Modules of white around a QR code (ISO/IEC 18004 §9.1). */
const QUIET = 4;

/** A QR code as one path. */
export function SquareCode({ text, label }: { text: string; label: string }) {
  const { path, size } = useMemo(() => {
    const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
    let drawn = "";
    for (let y = 0; y < modules.size; y += 1)
      for (let x = 0; x < modules.size; x += 1)
        if (modules.data[y * modules.size + x]) drawn += `M${x + QUIET} ${y + QUIET}h1v1h-1z`;
    return { path: drawn, size: modules.size + 2 * QUIET };
  }, [text]);
  return (
    <svg
      className="square-code"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#0f2329" />
    </svg>
  );
}
