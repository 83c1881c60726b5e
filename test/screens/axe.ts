import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** WCAG 2.2 A and AA, and for the kiosk the 7:1 contrast of AAA. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The serious and critical violations, one line each: rule, and the first elements at fault. */
export async function seriousViolations(page: Page, contrast: "AA" | "AAA"): Promise<string[]> {
  const builder = new AxeBuilder({ page }).options({
    runOnly: { type: "tag", values: RULES },
    rules: contrast === "AAA" ? { "color-contrast-enhanced": { enabled: true } } : {},
  });
  const { violations } = await builder.analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map((node) => `${node.target.join(" ")} (${node.any[0]?.message ?? ""})`)
          .join("; ")}`,
    );
}
