/**
 * Measures taken in the page. They run in the browser, so they are text: the sources of tests are compiled without a browser's
 * names.
 */
import type { Page } from "playwright-core";

export interface PageFaults {
  /** The page is larger than the screen, or content is larger than its box. */
  readonly overflow: string[];
  /** Text under the least size, or cut off. */
  readonly smallText: string[];
  /** Controls under the least size. */
  readonly smallTargets: string[];
  /** Text of enabled controls and of everything else that is read, under the least contrast with what is behind it. */
  readonly lowContrast: string[];
}

const MEASURE = (leastText: number, leastTarget: number, leastContrast: number) => `(() => {
  const name = (element) => element.tagName.toLowerCase() + (typeof element.className === "string" && element.className ? "." + element.className.trim().split(/\\s+/).join(".") : "")
    + " '" + (element.textContent ?? "").trim().slice(0, 30) + "'";
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && !element.closest(".unseen, svg");
  const overflow = [], smallText = [], smallTargets = [], lowContrast = [];
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const { innerWidth: width, innerHeight: height } = window;
  const root = document.documentElement;
  if (root.scrollWidth > width || root.scrollHeight > height) overflow.push("page " + root.scrollWidth + "x" + root.scrollHeight);
  const dialog = document.querySelector("dialog[open]");
  const scope = dialog ?? document.body;
  const boxes = [];
  for (const element of scope.querySelectorAll("*")) {
    if (!shown(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) continue;
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== "");
    if (own || element.matches("button, input, img, canvas")) {
      if (box.right > width + 1 || box.bottom > height + 1 || box.left < -1 || box.top < -1) overflow.push("outside: " + name(element));
      for (let frame = element.parentElement; frame && frame !== document.body; frame = frame.parentElement) {
        if (getComputedStyle(frame).overflow !== "visible" || frame.matches(".page, .page-talk, .page-actions, .controls, .masthead, .card, .card-content, .dialog, .panel")) {
          const around = frame.getBoundingClientRect();
          if (getComputedStyle(frame).overflowY === "auto") break;
          if (box.bottom > around.bottom + 2 || box.right > around.right + 2 || box.top < around.top - 2 || box.left < around.left - 2) {
            overflow.push(name(element) + " leaves " + frame.className);
            break;
          }
        }
      }
    }
    if (own && !element.closest(":disabled")) {
      const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < ${leastContrast} - 0.01) lowContrast.push(name(element) + " " + ratio.toFixed(2));
    }
    if (own) {
      const size = parseFloat(getComputedStyle(element).fontSize);
      if (size < ${leastText} - 0.01) smallText.push(name(element) + " " + size.toFixed(1));
      if (element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflow !== "visible" && getComputedStyle(element).textOverflow !== "ellipsis") smallText.push("cut: " + name(element));
    }
    if (element.matches("button, input:not([type=radio], [type=checkbox]), [role=button], label:has(input[type=radio], input[type=checkbox])")) {
      if (box.width < ${leastTarget} - 0.5 || box.height < ${leastTarget} - 0.5) smallTargets.push(name(element) + " " + Math.round(box.width) + "x" + Math.round(box.height));
      for (const other of boxes) {
        if (element.contains(other.element) || other.element.contains(element)) continue;
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > 1 && down > 1) overflow.push(name(element) + " lies on " + name(other.element));
      }
      boxes.push({ element, box });
    }
  }
  return { overflow, smallText, smallTargets, lowContrast };
})()`;

/** Lengths in CSS pixels. */
export function measure(page: Page, least: { text: number; target: number; contrast?: number }): Promise<PageFaults> {
  return page.evaluate(MEASURE(least.text, least.target, least.contrast ?? 0)) as Promise<PageFaults>;
}
