import { Picture } from "./picture.tsx";

export type DocumentPhase = "place" | "reading" | "remove" | "done" | "trouble";

function Passport() {
  return (
    <g>
      <rect className="book" x="0" y="0" width="150" height="206" rx="14" />
      <circle className="book-mark" cx="75" cy="84" r="34" />
      <path className="book-mark" d="M41 84 L109 84 M75 50 C58 66 58 102 75 118 M75 50 C92 66 92 102 75 118" />
      <path className="book-mark" d="M44 150 L106 150" />
      <rect className="book-chip" x="58" y="168" width="34" height="20" rx="5" />
    </g>
  );
}

/** A passport that is laid on the reader, is read, or is taken away. */
export function PassportPicture({ phase }: { phase: DocumentPhase }) {
  return (
    <Picture phase={phase}>
      <path
        className="device"
        d="M58 300 L112 214 L368 214 L422 300 L422 344 C422 356 414 364 402 364 L78 364 C66 364 58 356 58 344 Z"
      />
      <path className="device-edge" d="M58 300 L422 300" />
      <path className="device-window" d="M128 282 L156 232 L324 232 L352 282 Z" />
      <g className="radio">
        <path d="M92 178 C80 160 80 128 92 110" />
        <path d="M66 196 C42 166 42 122 66 92" />
        <path d="M388 178 C400 160 400 128 388 110" />
        <path d="M414 196 C438 166 438 122 414 92" />
      </g>
      <g className="moving-passport">
        <g transform="translate(165 40)">
          <Passport />
        </g>
      </g>
      {phase === "remove" && <path className="arrow" d="M440 200 L440 90 M440 90 L418 114 M440 90 L462 114" />}
      {phase === "trouble" && (
        <path
          className="arrow"
          d="M440 96 C462 96 480 114 480 136 C480 158 462 176 440 176 C418 176 400 158 400 136 C400 114 418 96 440 96 Z M440 116 L440 140 M440 155 L440 156"
        />
      )}
      {phase === "place" && <path className="arrow" d="M440 90 L440 200 M440 200 L418 176 M440 200 L462 176" />}
    </Picture>
  );
}

/** The slip with its square code, held to the scanner. */
export function SlipPicture() {
  const cells = ["0 0", "2 0", "3 1", "1 2", "0 3", "3 3", "2 2", "1 3"];
  return (
    <Picture phase="slip">
      <rect className="device" x="96" y="296" width="288" height="76" rx="24" />
      <rect className="device-window" x="168" y="312" width="144" height="18" rx="9" />
      <path className="beam" d="M180 312 L128 178 L352 178 L300 312 Z" />
      <g className="moving-slip">
        <path
          className="sheet"
          d="M150 28 L330 28 L330 246 L312 234 L294 246 L276 234 L258 246 L240 234 L222 246 L204 234 L186 246 L168 234 L150 246 Z"
        />
        <path className="sheet-line" d="M178 60 L302 60 M178 84 L262 84" />
        <g transform="translate(196 112)">
          <rect className="code-frame" x="-10" y="-10" width="108" height="108" rx="8" />
          {cells.map((cell) => {
            const [x, y] = cell.split(" ").map(Number) as [number, number];
            return <rect key={cell} className="code-cell" x={x * 22} y={y * 22} width="22" height="22" />;
          })}
        </g>
      </g>
    </Picture>
  );
}

/** A hand that signs on the pad. */
export function SignaturePicture() {
  return (
    <Picture phase="sign">
      <rect className="device" x="40" y="70" width="400" height="220" rx="24" />
      <rect className="sheet" x="66" y="94" width="348" height="172" rx="10" />
      <path className="sheet-line" d="M96 230 L384 230" />
      <path
        className="ink"
        pathLength="1"
        d="M112 206 C132 120 164 130 150 190 C146 214 172 210 186 176 C198 148 214 164 206 196 C202 214 226 208 240 178 C252 154 268 168 262 198 C274 214 300 196 340 170"
      />
      <g className="signing-hand">
        <path className="pen-shape" d="M340 170 L352 190 L432 96 L414 82 Z" />
      </g>
    </Picture>
  );
}

/** What was captured goes into an envelope that is locked. */
export function SealPicture() {
  return (
    <Picture phase="seal">
      <g className="going-in">
        <rect className="sheet" x="176" y="36" width="128" height="150" rx="10" />
        <circle className="sheet-line" cx="240" cy="84" r="22" />
        <path className="sheet-line" d="M204 150 C208 122 272 122 276 150" />
      </g>
      <path
        className="envelope"
        d="M84 150 L84 352 C84 360 90 366 98 366 L382 366 C390 366 396 360 396 352 L396 150 L240 262 Z"
      />
      <path className="envelope-fold" d="M84 150 L240 262 L396 150" />
      <g className="padlock">
        <path className="shackle" d="M216 286 L216 262 C216 228 264 228 264 262 L264 286" />
        <rect className="meant-body" x="200" y="282" width="80" height="62" rx="10" />
      </g>
    </Picture>
  );
}

/** An empty, clean booth: nothing of the person is left. */
export function WipedPicture({ done = true }: { done?: boolean }) {
  return (
    <Picture phase="wiped">
      <rect className="device" x="90" y="44" width="300" height="228" rx="26" />
      <rect className="device-window clean" x="114" y="68" width="252" height="180" rx="12" />
      {done ? (
        <path className="tick" d="M182 160 L224 202 L302 118" />
      ) : (
        <path className="sweep" d="M150 100 L150 216" />
      )}
      <path className="floor" d="M140 344 L340 344 M240 272 L240 344" />
      <g className="sparks" opacity={done ? 1 : 0}>
        <path d="M64 96 L64 124 M50 110 L78 110 M418 200 L418 228 M404 214 L432 214 M426 52 L426 72 M416 62 L436 62" />
      </g>
    </Picture>
  );
}

/** Something does not answer; the drawing stands for a stop, not for a fault of the person. */
export function StopPicture() {
  return (
    <Picture phase="stop">
      <rect className="device" x="90" y="60" width="300" height="228" rx="26" />
      <rect className="device-window" x="114" y="84" width="252" height="180" rx="12" />
      <path className="floor" d="M140 352 L340 352 M240 288 L240 352" />
      <path className="meant-mark" d="M240 124 L240 186" />
      <circle className="meant-dot" cx="240" cy="220" r="10" />
    </Picture>
  );
}
