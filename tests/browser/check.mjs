// check.mjs INSTALLED QUELL CHROMIUM OUT: drives the console in a real Chromium. INSTALLED holds node_modules as locked, QUELL is the
// program, OUT takes the screenshots. Ends with 1 when anything is not as it should be. Called by scripts/check-console.
import { createRequire } from "node:module";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { start } from "./stage.mjs";
import { looks } from "./looks.mjs";
import { deeds } from "./deeds.mjs";

const [installed, quell, chromium, out] = process.argv.slice(2);
const require = createRequire(join(installed, "package.json"));
const puppeteer = require("puppeteer-core");
const axe = require("axe-core").source;
mkdirSync(out, { recursive: true });
process.env.QUELL_CONSOLE_OUT = out;

const wrong = [];
const began = Date.now();
const say = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`);
let stage;
let browser;
try {
  [stage, browser] = await Promise.all([
    start(quell),
    puppeteer.launch({
      executablePath: chromium, headless: true,
      // Without a sandbox: it needs rights that a build has not, and nothing but our own pages is opened.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none", "--no-first-run"],
    }),
  ]);
  say(`the daemon is at ${stage.url}; ${await browser.version()}`);
  const tools = { stage, browser, axe, out, say, wrong };
  const pages = await deeds(tools);
  await looks(tools, pages);
  await tools.resume();
} catch (error) {
  wrong.push(error.stack ?? String(error));
} finally {
  await browser?.close();
  await stage?.stop();
}
for (const each of wrong) console.error(`! ${each}`);
say(wrong.length === 0 ? "the console is as it should be" : `${wrong.length} things are not as they should be`);
process.exitCode = wrong.length === 0 ? 0 : 1;
