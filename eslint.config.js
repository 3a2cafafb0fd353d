// Biome formats and lints; ESLint only adds the two rules that need types: a lost promise in a signer is a lost duty.
import tseslint from "typescript-eslint";

export default tseslint.config({
  files: ["services/**/*.ts", "scripts/**/*.ts", "test/**/*.ts"],
  extends: [tseslint.configs.base],
  languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
  rules: {
    "@typescript-eslint/no-floating-promises": [
      "error",
      // node:test's functions return promises that its runner awaits.
      {
        allowForKnownSafeCalls: [{ from: "package", name: ["it", "test", "describe", "suite"], package: "node:test" }],
      },
    ],
    "@typescript-eslint/no-misused-promises": "error",
  },
});
