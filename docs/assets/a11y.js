// What Material leaves to be mended for keyboards and screen readers. Safe to run again on each page.

// Things that scroll sideways can be reached with the keyboard, also where Material takes them out again.
const SCROLLING = ".md-typeset pre > code, .md-typeset .katex-display, .md-typeset__scrollwrap";

function mendScrolling() {
  for (const box of document.querySelectorAll(SCROLLING)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    if (scrolls && !box.hasAttribute("tabindex")) box.tabIndex = 0;
    if (!scrolls && box.matches(":not(code)")) box.removeAttribute("tabindex");
  }
}

function mendPage() {
  document.querySelector('[data-md-component="search"]')?.setAttribute("aria-label", "Search");
  mendScrolling();
}

document$.subscribe(() => {
  mendPage();
  // Fonts change widths, and Material looks at the code blocks only after this.
  document.fonts.ready.then(() => setTimeout(mendScrolling, 300));
});
window.addEventListener("resize", mendScrolling, { passive: true });
document.addEventListener("toggle", mendScrolling, true); // a solution opened
