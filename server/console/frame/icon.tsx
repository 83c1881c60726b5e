import sprite from "../../../design/icons.svg?no-inline";

/** A drawing of design/icons.svg; decoration beside words, never instead of them. */
export function Icon({ name }: { name: string }) {
  return (
    <svg className="icon" aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
