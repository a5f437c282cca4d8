// Whether every text on a page can be read: contrast as WCAG 2 computes it
// (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio), and glyphs.

import assert from "node:assert/strict";

const LEAST = 4.5;

/** Fails where a text that is shown has too little contrast, or a sign without a glyph. */
export async function readable({ page }, screen) {
  const { texts, faint, boxes } = await page.evaluate(look, LEAST);
  assert.ok(texts > 20, `${screen}: there is text`);
  assert.deepEqual(faint, [], `${screen}: faint texts`);
  assert.deepEqual(boxes, [], `${screen}: signs without a glyph (fonts-noto-color-emoji has them)`);
}

/** Runs in the page. */
function look(least) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 48, height: 48 });
  const pen = canvas.getContext("2d", { willReadFrequently: true });

  /** A colour as red, green, blue (0 to 255) and alpha (0 to 1). */
  const parse = (colour) => {
    const found = colour.match(/^(?:rgba?\(|color\(srgb )([^)]+)\)$/);
    if (!found) throw new Error(`a colour: ${colour}`);
    const numbers = found[1].split(/[\s,/]+/).map(Number);
    const rgb = colour.startsWith("color") ? numbers.slice(0, 3).map((part) => part * 255) : numbers.slice(0, 3);
    return [...rgb, numbers[3] ?? 1];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, at) => part * a + below[at] * (1 - a));
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  /** What lies behind the content of an element, and how opaque that is drawn. */
  const ground = (node) => {
    if (!node) return { rgb: [255, 255, 255], opacity: 1 };
    const style = getComputedStyle(node);
    const top = style.position === "fixed" && node.matches("dialog, [popover]");
    const below = ground(top ? document.body : node.parentElement);
    const opacity = below.opacity * Number(style.opacity);
    const [r, g, b, a] = parse(style.backgroundColor);
    return { rgb: over([r, g, b, a * opacity], below.rgb), opacity };
  };
  const faint = new Set();
  const signs = new Map();
  let texts = 0;
  const check = (node, text, style) => {
    const shown = text.trim();
    if (shown === "") return;
    texts += 1;
    const { rgb, opacity } = ground(node);
    const [r, g, b, a] = parse(style.color);
    const reached = ratio(over([r, g, b, a * opacity], rgb), rgb);
    if (reached < least) faint.add(`${reached.toFixed(2)} ${node.tagName.toLowerCase()}.${node.className}: ${shown.slice(0, 40)}`);
    const { fontStyle, fontWeight, fontFamily } = style;
    for (const sign of shown.match(/\P{ASCII}/gu) ?? []) signs.set(sign, `${fontStyle} ${fontWeight} 24px ${fontFamily}`);
  };
  const visible = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true })
    && !node.closest(".hidden, .spoiler:not(.revealed)");

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (visible(node)) check(node, walker.currentNode.data, getComputedStyle(node));
  }
  for (const node of document.querySelectorAll("input, textarea")) {
    if (!visible(node) || node.type === "radio") continue;
    if (node.value) check(node, node.value, getComputedStyle(node));
    else if (node.placeholder) check(node, node.placeholder, getComputedStyle(node, "::placeholder"));
  }

  const drawn = (sign, font) => {
    pen.clearRect(0, 0, 48, 48);
    pen.font = font;
    pen.fillText(sign, 8, 32);
    return pen.getImageData(0, 0, 48, 48).data.join();
  };
  const invisible = /^[\p{Cf}\p{Z}\u{FE00}-\u{FE0F}]$/u;
  // What no font has is drawn as a box, with or without the number in it.
  const box = (sign, font) => !invisible.test(sign) && drawn(sign, font) === drawn("\u{FFFFE}", font);
  const boxes = [...signs].filter(([sign, font]) => box(sign, font)).map(([sign]) => sign);
  return { texts, faint: [...faint], boxes };
}
