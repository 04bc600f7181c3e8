// How every page looks: a screenshot at each width, light and dark; nothing wider than its window; and what axe-core finds.
import { join } from "node:path";
import { open } from "./tab.mjs";

const WIDTHS = [320, 768, 1440];

export async function looks({ stage, browser, axe, out, say, wrong }, pages) {
  const page = await open(browser, wrong);
  for (const [name, path] of pages) {
    // What is not there is answered with 404, which a browser's console tells.
    page.expectsRefusal = name === "not-found";
    await page.goto(stage.url + path, { waitUntil: "load" });
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const width of WIDTHS) {
        await page.setViewport({ width, height: width < 700 ? 720 : 900 });
        await page.screenshot({ path: join(out, `${name}-${width}-${scheme}.png`), fullPage: true });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) wrong.push(`${path} is ${wide} px wider than a window of ${width}`);
        // What is hidden depends on the width, contrast on the scheme: each width once, each scheme once.
        if ((width === 320 && scheme === "light") || (width === 1440 && scheme === "dark")) await judged(page, axe, `${path} at ${width}, ${scheme}`, wrong);
      }
    }
  }
  await page.close();
  say(`${pages.length} pages looked at, ${pages.length * WIDTHS.length * 2} screenshots in ${out}`);
}

async function judged(page, axe, where, wrong) {
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 200)} (${node.any.map((one) => one.message).join(" ")})`).join(" | ")}`);
  });
  for (const each of found) wrong.push(`axe, ${where}: ${each}`);
}
