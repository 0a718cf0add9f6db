// Elements, made in one line.

const ICONS = {
  run: "M8 5v14l11-7z",
  stop: "M6 6h12v12H6z",
  edit: "M3 17.2V21h3.8L17.9 9.9l-3.8-3.8zM20.7 7a1 1 0 0 0 0-1.4l-2.3-2.3a1 1 0 0 0-1.4 0l-1.8 1.8 3.8 3.8z",
  reset: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  all: "M4 5v14l8-7zm9 0v14l8-7z",
  restart: "M17.6 6.4A8 8 0 1 0 19.7 14h-2.1A6 6 0 1 1 12 6c1.7 0 3.1.7 4.2 1.8L13 11h7V4z",
};

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 * @param {Record<string, string>} attributes
 * @param {string} text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className, attributes = {}, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/**
 * A button with an icon and a word.
 * @param {keyof typeof ICONS} kind
 * @param {string} label
 */
export function button(kind, label) {
  const made = element("button", `live-button live-${kind}`, { type: "button" });
  const icon = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[kind]}"/></svg>`;
  made.innerHTML = `${icon}<span>${label}</span>`;
  return made;
}
