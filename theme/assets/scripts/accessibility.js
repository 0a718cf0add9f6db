// What Material lacks for keyboards and screen readers.

const SCROLLING = ".md-typeset pre > code, .md-typeset div.arithmatex, .md-typeset__scrollwrap";

/** The name that a screen reader says when the focus is on a box that scrolls; nobody sees it. */
function nameOf(box) {
  if (box.matches(".arithmatex")) return "Formula";
  if (box.matches(".md-typeset__scrollwrap")) return "Table";
  return box.closest(".highlight")?.querySelector(":scope > .filename")?.textContent ?? "Code";
}

function update() {
  document.querySelector('[data-md-component="search"]')?.setAttribute("aria-label", "Search");
  // Material marks the bar with the copy button as navigation: a landmark for each snippet.
  for (const bar of document.querySelectorAll(".md-code__nav:not([role])")) bar.setAttribute("role", "presentation");
  // The keyboard reaches boxes that scroll sideways. All are measured before any is changed, for one layout;
  // boxes that have not been laid out yet are left until they are.
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

let scheduled = false;
function updateSoon() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    update();
  });
}

/** On narrow screens a label opens the menu, which the keyboard cannot press: put a button in its place. */
function replaceMenuLabel() {
  const label = document.querySelector("header label[for=__drawer]");
  const open = document.getElementById("__drawer");
  if (!label || !open) return;
  const button = document.createElement("button");
  button.className = `${label.className} menu`;
  button.ariaLabel = "Menu";
  button.append(...label.childNodes);
  button.onclick = () => open.click();
  const showState = () => (button.ariaExpanded = String(open.checked));
  open.addEventListener("change", showState);
  showState();
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !open.checked) return;
    open.click();
    button.focus();
  });
  label.replaceWith(button);
}
replaceMenuLabel();

// Material adds buttons to code that comes into view, and takes code out of the tab order where there is no mouse.
const changes = { subtree: true, childList: true, attributeFilter: ["tabindex"] };
new MutationObserver(updateSoon).observe(document.body, changes);
document.addEventListener("toggle", updateSoon, true); // a solution was opened
document.addEventListener("contentvisibilityautostatechange", updateSoon, true); // a section was laid out
window.addEventListener("resize", updateSoon, { passive: true });
document$.subscribe(() => document.fonts.ready.then(updateSoon)); // a page was opened
