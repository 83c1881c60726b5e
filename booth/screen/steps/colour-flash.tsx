import { createPortal } from "react-dom";
import type { ViewOf } from "../../api/messages.ts";

type Colour = NonNullable<ViewOf<"face">["flash"]>;

/**
 * The whole screen in one soft colour, so that its light falls on the face. What it says is read out by the page's own hint beneath; the
 * colours say nothing.
 */
export function ColourFlash({ colour, text }: { colour: Colour; text: string }) {
  const { red, green, blue, step, of } = colour;
  const channels = [red, green, blue].map(encoded).join(" ");
  return createPortal(
    <div className="colour-flash" style={{ backgroundColor: `rgb(${channels})` }} aria-hidden="true">
      <p>{text}</p>
      <div className="colour-steps">
        {Array.from({ length: of }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a row, nothing else tells them apart.
          <span key={at} data-past={at < step ? "" : undefined} />
        ))}
      </div>
    </div>,
    document.body,
  );
}

/** Linear light to sRGB, 0–255 (IEC 61966-2-1). */
const encoded = (light: number): number =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
