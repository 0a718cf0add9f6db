// The link to a page's Markdown copies it, where the browser lets a script do so; elsewhere it is a link.

/** Copy what a link leads to. The clipboard is asked at once, while the press still counts. */
async function copy(link) {
  const text = fetch(link.href).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.text();
  });
  const plain = text.then((content) => new Blob([content], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
  alert$.next("Page copied as Markdown");
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!navigator.clipboard || !window.ClipboardItem) return;
  event.preventDefault();
  copy(link).catch(() => location.assign(link.href));
});
