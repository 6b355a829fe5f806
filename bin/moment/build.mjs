// Writes the part of moment that pages load. Usage: node bin/moment/build.mjs TARGET

import { readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const folder = import.meta.dirname;
const { version } = JSON.parse(readFileSync("node_modules/moment/package.json", "utf8"));

const ownParser = {
  name: "own parser",
  setup({ onResolve }) {
    onResolve({ filter: /\/create\/local$|^\.\/local$/ }, () => ({ path: path.join(folder, "local.js") }));
  },
};

await build({
  entryPoints: [path.join(folder, "part.js")],
  outfile: process.argv[2],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  banner: { js: `/*! moment ${version}, a part of it (MIT) */` },
  plugins: [ownParser],
});
