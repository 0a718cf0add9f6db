// What Material leaves to be mended for those who use the keyboard or a screen reader.

const SCROLLING = ".md-typeset pre > code, .md-typeset div.arithmatex, .md-typeset__scrollwrap";

// Nobody sees the name of what scrolls; a screen reader says it where the keyboard stops.
function nameOf(box) {
  if (box.matches(".arithmatex")) return "Formula";
  if (box.matches(".md-typeset__scrollwrap")) return "Table";
  return box.closest(".highlight")?.querySelector(":scope > .filename")?.textContent ?? "Code";
}

function mend() {
  document.querySelector('[data-md-component="search"]')?.setAttribute("aria-label", "Search");
  // A copy button is no place of its own among the landmarks of the page.
  for (const bar of document.querySelectorAll(".md-code__nav:not([role])")) bar.setAttribute("role", "presentation");
  // What scrolls sideways can be reached with the keyboard. All is measured before anything is changed;
  // what has not been laid out yet waits until it is.
  const boxes = [...document.querySelectorAll(SCROLLING)].filter((box) =>
    box.checkVisibility({ contentVisibilityAuto: true }),
  );
  const scrolling = boxes.map((box) => box.scrollWidth > box.clientWidth);
  boxes.forEach((box, index) => {
    if (scrolling[index] === (box.tabIndex === 0 && box.role === "group")) return;
    if (scrolling[index]) {
      box.tabIndex = 0;
      box.role = "group";
      box.ariaLabel = nameOf(box);
    } else {
      for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
    }
  });
}

// On a narrow screen the menu is opened by a label, which the keyboard cannot press; a button can do the same.
function mendMenu() {
  const label = document.querySelector("header label[for=__drawer]");
  const open = document.getElementById("__drawer");
  if (!label || !open) return;
  const button = document.createElement("button");
  button.className = `${label.className} menu`;
  button.ariaLabel = "Menu";
  button.append(...label.childNodes);
  button.onclick = () => open.click();
  const tell = () => (button.ariaExpanded = String(open.checked));
  open.addEventListener("change", tell);
  tell();
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !open.checked) return;
    open.click();
    button.focus();
  });
  label.replaceWith(button);
}
mendMenu();

let asked = false;
function mendSoon() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    mend();
  });
}

// Material adds buttons to code that comes into view, and takes code out of the tab order where there is no mouse.
const changes = { subtree: true, childList: true, attributeFilter: ["tabindex"] };
new MutationObserver(mendSoon).observe(document.body, changes);
document.addEventListener("toggle", mendSoon, true); // a solution was opened
document.addEventListener("contentvisibilityautostatechange", mendSoon, true); // a part was laid out
window.addEventListener("resize", mendSoon, { passive: true });
document$.subscribe(() => document.fonts.ready.then(mendSoon)); // a page was opened
