/** Tables for people's spreadsheets: `;` and a byte order mark, as spreadsheets here expect. */
type Cell = string | number | null;

export function csvOf(head: readonly string[], lines: readonly (readonly Cell[])[]): string {
  return `\ufeff${[head, ...lines].map((line) => line.map(cell).join(";")).join("\r\n")}\r\n`;
}

function cell(value: Cell): string {
  const text = String(value ?? "");
  // A cell that begins like a formula is one for a spreadsheet.
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === "string" ? `'${text}` : text;
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
