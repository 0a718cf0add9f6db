// The linter's rules for our own script, in the browser and at build time.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".cache/", ".venv/", "site/", "dist/"] },
  js.configs.recommended,
  {
    files: ["**/*.{js,mjs}"],
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
    },
  },
  { files: ["sitegen/live/browser/*.mjs"], languageOptions: { globals: globals.browser } },
  {
    files: ["theme/assets/scripts/*.js"],
    languageOptions: { globals: { ...globals.browser, alert$: "readonly", document$: "readonly" } },
  },
  { files: ["sitegen/{assets,live,rendering}/*.mjs"], languageOptions: { globals: globals.node } },
];
