// A tab that tells everything that goes wrong in it: errors of scripts, of the console, of the content policy, of loading.
import { TOKEN } from "./stage.mjs";

export async function open(browser, wrong, { script = true } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setJavaScriptEnabled(script);
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${TOKEN}` });
  page.on("pageerror", (error) => wrong.push(`a script failed on ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    // What a refused form is answered with is no fault of the page.
    const isRefusal = /status of (400|403|404|409|422)/.test(message.text()) && page.expectsRefusal;
    if (["error", "warn"].includes(message.type()) && !isRefusal) {
      wrong.push(`the browser's console on ${page.url()}: ${message.text()} ${message.location()?.url ?? ""}`);
    }
  });
  await page.evaluateOnNewDocument(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.setViewport({ width: 1280, height: 900 });
  return page;
}
