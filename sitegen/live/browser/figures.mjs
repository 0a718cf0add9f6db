// Figures come in marker colours, which are replaced by those of the page's palette.

/** @typedef {import("./config.mjs").Config} Config */

/** The name of the palette that the page has now. */
function paletteName() {
  return document.body.dataset.mdColorScheme === "slate" ? "dark" : "light";
}

/**
 * An image of a figure, in the palette of the page.
 * @param {string} svg
 * @param {string} alt
 * @param {Config["palettes"]} palettes
 */
export function image(svg, alt, palettes) {
  const made = new Image();
  const box = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg);
  if (box) {
    made.width = Math.round((Number(box[1]) * 4) / 3);
    made.height = Math.round((Number(box[2]) * 4) / 3);
  }
  made.alt = alt;
  paint(made, svg, palettes);
  return made;
}

/**
 * @param {HTMLImageElement} target
 * @param {string} svg
 * @param {Config["palettes"]} palettes
 */
export function paint(target, svg, palettes) {
  const palette = palettes[paletteName()];
  const coloured = svg.replace(/#[0-9a-f]{6}/g, (colour) => palette[colour] ?? colour);
  const url = URL.createObjectURL(new Blob([coloured], { type: "image/svg+xml" }));
  target.onload = () => URL.revokeObjectURL(url);
  target.src = url;
}

/**
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function onPaletteChange(listener) {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
  return () => observer.disconnect();
}
