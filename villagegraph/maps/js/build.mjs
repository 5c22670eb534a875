// Build the map page's script into ../static. `--check` builds in memory and compares.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");
const read = (...parts) => readFileSync(join(here, ...parts), "utf8");

const bundled = ["sigma", "graphology-utils", "events"];
const notices = bundled
  .map((name) => {
    const { version, license } = JSON.parse(read("node_modules", name, "package.json"));
    const text = read("node_modules", name, name === "events" ? "LICENSE" : "LICENSE.txt").trim();
    if (license !== "MIT") throw new Error(`${name} is ${license}: have a look before shipping it`);
    const owners = text.match(/^Copyright.*$/gm).join("\n");
    const terms = text.slice(text.indexOf("Permission is hereby granted"));
    return { head: `${name} ${version}\n${owners}`, terms: terms.replace(/\s+/g, " ").trim() };
  });
// they say the same terms: they stand in the page once, under every owner's name
const terms = new Set(notices.map((notice) => notice.terms));
if (terms.size !== 1) throw new Error("licence texts differ: print each of them");
const banner = `/*! The MIT License\n\n${notices.map((notice) => notice.head.trim()).join("\n\n")}\n\n${[...terms][0]}\n*/`;

const script = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.js"],
  bundle: true,
  write: false,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  banner: { js: banner },
  define: { "process.env.NODE_ENV": '"production"' },
});
const style = await transform(read("src", "map.css"), { loader: "css", minify: true, charset: "utf8" });

const files = { "map.css": Buffer.from(style.code), "map.js": Buffer.from(script.outputFiles[0].contents) };
const sums = Object.entries(files).map(([name, data]) => `${createHash("sha256").update(data).digest("hex")}  ${name}\n`);
files["SHA256SUMS"] = Buffer.from(sums.join(""));

if (process.argv.includes("--check")) {
  const other = Object.keys(files).filter((name) => !readFileSync(join(target, name)).equals(files[name]));
  if (other.length) {
    console.error(`not what the sources build: ${other.join(", ")}. Run: npm ci && npm run build, in ${here}`);
    process.exit(1);
  }
  console.log("the vendored bundle is what the sources build");
} else {
  for (const [name, data] of Object.entries(files)) {
    writeFileSync(join(target, name), data);
    console.log(`${name} ${data.length}`);
  }
}
