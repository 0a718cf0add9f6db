// Renders the formulas that come in, a line of JSON each, and answers with a line of JSON each.
import { createInterface } from "node:readline";
import katex from "katex";

// A command that needs trust, such as \href, raises nothing: KaTeX shows its name in this colour.
const REFUSED = "#0badc0";
const OPTIONS = { throwOnError: true, strict: "error", errorColor: REFUSED };

function render(tex, displayMode) {
  const html = katex.renderToString(tex, { ...OPTIONS, displayMode });
  const [, command] = html.match(`"${REFUSED}"><mtext>([^<]*)`) ?? [];
  if (command) throw new Error(`${command} is not expected: KaTeX does not render it`);
  return html;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    answer = { html: render(tex, display) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
