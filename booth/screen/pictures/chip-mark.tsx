/** The mark on the cover of documents with a chip (9303-9 §2.3). */
export function ChipMark() {
  return (
    <svg className="chip-mark" viewBox="0 0 48 30" aria-hidden="true" focusable="false">
      <rect x="2" y="2" width="44" height="26" rx="3" fill="none" stroke="currentColor" strokeWidth="4" />
      <path d="M2 15 L14 15 M34 15 L46 15" stroke="currentColor" strokeWidth="4" />
      <circle cx="24" cy="15" r="7" fill="none" stroke="currentColor" strokeWidth="4" />
    </svg>
  );
}
