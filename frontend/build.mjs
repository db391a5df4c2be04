// Bundles our styles and scripts into src/guitu/web/static/built/, each with a compressed copy (.gz) that the server
// sends to browsers which take it, and writes manifest.json beside them;
// lays the fonts of the documents into src/guitu/papers/fonts/, where no page loads them.
// `node build.mjs --check` builds and then fails when a page's first load would be too heavy.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "src", "guitu", "web", "static", "built");
const FIRST_LOAD_LIMIT = 250_000; // compressed bytes of styles, scripts and pictures together
const SCRIPT_LIMIT = 100_000; // bytes of any one script, as sent before compression

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

await build({
  absWorkingDir: here,
  entryPoints: { guitu: "src/css/guitu.css" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  target: ["chrome86", "firefox78", "safari14"],
  loader: { ".svg": "file" },
  assetNames: "[name]",
  logLevel: "warning",
});
await build({
  absWorkingDir: here,
  entryPoints: { guitu: "src/js/guitu.js", passkeys: "src/js/passkeys.js" },
  outdir: out,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["chrome86", "firefox78", "safari14"],
  logLevel: "warning",
});
await copyFile(path.join(here, "src", "img", "mark.svg"), path.join(out, "mark.svg"));
await copyFile(path.join(here, "node_modules", "htmx.org", "dist", "htmx.min.js"), path.join(out, "htmx.js"));

// A font may be in use while this runs: each file is laid down whole under another name and then takes its place.
const fonts = path.join(here, "..", "src", "guitu", "papers", "fonts");
const fontPackage = path.join(here, "node_modules", "@expo-google-fonts", "noto-serif-sc");
await mkdir(fonts, { recursive: true });
for (const [from, to] of [
  ["LICENSE_FONT", "LICENSE.txt"],
  [path.join("700Bold", "NotoSerifSC_700Bold.ttf"), "NotoSerifSC-Bold.ttf"],
  [path.join("400Regular", "NotoSerifSC_400Regular.ttf"), "NotoSerifSC-Regular.ttf"],
]) {
  await copyFile(path.join(fontPackage, from), path.join(fonts, `.${to}`));
  await rename(path.join(fonts, `.${to}`), path.join(fonts, to));
}

const files = {};
for (const name of (await readdir(out)).sort()) {
  const bytes = await readFile(path.join(out, name));
  const packed = gzipSync(bytes, { level: 9 });
  if (packed.length < bytes.length) await writeFile(path.join(out, `${name}.gz`), packed);
  files[name] = {
    bytes: bytes.length,
    gzip: Math.min(packed.length, bytes.length),
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}
await writeFile(path.join(out, "manifest.json"), JSON.stringify({ files }, null, 2) + "\n");

const firstLoad = Object.values(files).reduce((sum, file) => sum + file.gzip, 0);
for (const [name, file] of Object.entries(files)) {
  process.stdout.write(`${name.padEnd(16)} ${String(file.bytes).padStart(8)} B ${String(file.gzip).padStart(8)} B compressed\n`);
}
process.stdout.write(`first load       ${String(firstLoad).padStart(19)} B compressed\n`);

if (process.argv.includes("--check")) {
  const heavy = Object.entries(files).filter(([name, file]) => name.endsWith(".js") && file.bytes > SCRIPT_LIMIT);
  if (firstLoad > FIRST_LOAD_LIMIT || heavy.length > 0) {
    process.stderr.write(`too heavy: ${firstLoad} B at first load; scripts over the limit: ${heavy.map(([n]) => n).join(", ") || "none"}\n`);
    process.exitCode = 1;
  }
}
