// What a person does in the console, done: with the script and without.
import { alert, device, until } from "./stage.mjs";
import { open } from "./tab.mjs";

const text = (page, selector) => page.$eval(selector, (element) => element.innerText.replace(/\s+/g, " ").trim());
const has = async (page, selector, words) => (await text(page, selector).catch(() => "")).includes(words);

// Sends a form: fills what it is told, presses its button, and waits for the page that answers.
async function send(page, form, fields, button = "button[type=submit]") {
  for (const [name, value] of Object.entries(fields)) {
    const field = `${form} [name=${name}]`;
    await page.$eval(field, (element) => { element.value = ""; });
    await page.type(field, value);
  }
  await Promise.all([page.waitForNavigation({ waitUntil: "load" }), page.$eval(`${form} ${button}`, (element) => element.click())]);
}

export async function deeds(tools) {
  const { stage, browser, say, wrong } = tools;
  const must = (is, what) => { if (!is) wrong.push(what); };
  const page = await open(browser, wrong);

  // ---- nothing is there yet: every page says so in words
  for (const path of ["/", "/approvals", "/devices", "/queue", "/playbooks", "/audit", "/system"]) {
    const answer = await page.goto(stage.url + path, { waitUntil: "load" });
    must(answer.ok(), `${path} of an empty installation is answered with ${answer.status()}`);
    must((await page.$$("main .empty, main table, main dl")).length > 0, `${path} of an empty installation says nothing`);
  }

  // ---- an open page follows what changes, without being loaded again
  await page.goto(`${stage.url}/`, { waitUntil: "load" });
  await page.evaluate(() => { globalThis.neverLoadedAgain = true; });
  await until("the page is told of news", () => has(page, "#live-state", "live"));
  await page.focus("#search");
  await page.keyboard.type("typed meanwhile");
  const evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
  const long = "A title that is as long as the titles of alerts sometimes are, because whoever wrote the rule wanted to be exact about what was seen, where, and by which process-with-a-name-that-goes-on-and-on-and-on-without-any-blank-in-it.exe";
  const event = await alert(stage, 0x1a, "ConsoleActs", "The first of all alerts");
  await alert(stage, 0x1b, "ConsoleActs", long);
  await alert(stage, 0x1c, "ConsoleActs", evil);
  await until("the contained devices come up in the open page", () => has(page, "#contained", "The first of all alerts"));
  await until("all three do", () => has(page, "#contained", evil));
  must(await page.evaluate(() => globalThis.neverLoadedAgain === true), "the page was loaded again, not brought in line");
  must(await page.evaluate(() => document.activeElement.id === "search" && document.activeElement.value === "typed meanwhile"),
    "the focus or what was typed was lost when the page was brought in line");
  say("an open page followed what changed; the focus and what was typed stayed");

  // ---- approve some of a request
  // What is asked in one minute is one request.
  await until("the minute has room for three questions", async () => new Date().getSeconds() < 50);
  for (const n of [0x2a, 0x2b, 0x2c]) await alert(stage, n, "ConsoleAsks", "Something was seen on a server");
  await page.goto(`${stage.url}/approvals`, { waitUntil: "load" });
  await until("the request has all three", () => has(page, "#open", "3 waiting"));
  const request = await page.$eval("#open tbody th a", (link) => link.getAttribute("href"));
  await page.goto(stage.url + request, { waitUntil: "load" });
  await page.click(`#answer input[name=device][value="${device(0x2b)}"]`);
  must(await has(page, "#answer [data-ticked]", "2 of 3 devices"), `the form does not say how many are ticked: ${await text(page, "#answer")}`);
  await send(page, "#answer", { by: "anna", reason: "seen on the screen" }, "button[value=approve]");
  must(await has(page, "main .notice.good", "Approved: 2 devices"), `the approval is not told: ${await text(page, "main")}`);
  const asked = await (await stage.api("/v1/status")).json();
  must(asked.containments.asked === 1, `one device is still asked about, not ${asked.containments.asked}`);
  say("two of three devices were approved, the third was not");

  // ---- reject the rest without the script
  const plain = await open(browser, wrong, { script: false });
  await plain.goto(stage.url + request, { waitUntil: "load" });
  const fill = async (selector, value) => { await plain.focus(selector); await plain.keyboard.type(value); };
  await fill("#answer [name=by]", "bert");
  await fill("#answer [name=reason]", "a false alarm");
  await Promise.all([plain.waitForNavigation(), plain.click("#answer button[value=reject]")]);
  must((await plain.content()).includes("Rejected: 1 device"), "a rejection without the script is not told");
  await plain.close();
  say("the third was rejected, without the script");

  // ---- release
  await page.goto(`${stage.url}/devices/${device(0x1a)}`, { waitUntil: "load" });
  must(await has(page, "#title", device(0x1a)), "the device's page has not its id");
  await page.click("#release-form summary");
  await send(page, "#release-form form", { by: "anna", reason: "rebuilt" });
  must(await has(page, "main .notice.good", "ended"), `the release is not told: ${await text(page, "main")}`);
  await until("the device is free", () => has(page, "#title", "free"));
  say("a device was released, and its page followed it to the end");

  // ---- a refusal is told in place, and nothing that was typed is lost
  page.expectsRefusal = true;
  await page.goto(`${stage.url}/devices/${device(0x1b)}`, { waitUntil: "load" });
  await page.click("#release-form summary");
  await page.$eval("#release-form form [name=reason]", (field) => { field.required = false; });
  await send(page, "#release-form form", { by: "anna", reason: " " });
  must(await has(page, "main .notice.bad", "reason"), `a release without a reason is not refused in place: ${await text(page, "main")}`);
  must(await page.$eval("#release-form form [name=by]", (field) => field.value === "anna"), "the name is lost with the refusal");

  // ---- stop: the word must be typed, and the server asks for it too
  await page.goto(`${stage.url}/queue`, { waitUntil: "load" });
  await page.click("#stop summary");
  must(await page.$eval("#stop button[type=submit]", (button) => button.disabled), "the stop's button works before the word is typed");
  await page.$eval("#stop input[name=confirm]", (field) => { field.required = false; field.form.querySelector("button").disabled = false; });
  await send(page, "#stop form", { by: "anna", reason: "wrong devices" });
  must(await has(page, "main .notice.bad", "stop"), `a stop without its word is not refused: ${await text(page, "main")}`);
  must((await (await stage.api("/v1/status")).json()).stops.length === 0, "it stopped without the word");
  page.expectsRefusal = false;
  await page.goto(`${stage.url}/`, { waitUntil: "load" });
  await page.keyboard.press("Tab");
  must(await page.evaluate(() => document.activeElement.className === "skip"), "the first stop of the tab key is not the way to the content");
  await page.evaluate(() => document.querySelector("#stop summary").focus());
  await page.keyboard.press("Enter");
  must(await page.$eval("#stop", (details) => details.open), "the stop does not open by the keyboard");
  await page.keyboard.press("Escape");
  must(await page.$eval("#stop", (details) => !details.open), "the stop does not close by Escape");
  await page.keyboard.press("/");
  must(await page.evaluate(() => document.activeElement.id === "search"), "the key / does not lead to the search");
  await page.click("#stop summary");
  await page.click("#stop input[value=freeze]");
  await send(page, "#stop form", { by: "anna", reason: "the playbook restricts the wrong devices", confirm: "stop" });
  must(await has(page, "#stopped", "the playbook restricts the wrong devices"), "the stop's banner is not there");
  must((await (await stage.api("/v1/status")).json()).stops.length === 1, "it did not stop");
  say("stopped by a typed word, and refused without it");

  // ---- while everything stands still: something in the queue, a request, a failure to look at
  const releases = [0x1b, 0x2a];
  for (const n of releases) {
    await page.goto(`${stage.url}/devices/${device(n)}`, { waitUntil: "load" });
    await page.click("#release-form summary");
    await send(page, "#release-form form", { by: "anna", reason: "waits for the resume" });
  }
  await until("the minute has room for three questions", async () => new Date().getSeconds() < 50);
  for (const n of [0x3a, 0x3b, 0x3c]) await alert(stage, n, "ConsoleAsks", n === 0x3b ? long : "Something was seen on a server");
  await page.goto(`${stage.url}/approvals`, { waitUntil: "load" });
  await until("the second request has all three", () => has(page, "#open", "3 waiting"))
    .catch(async (error) => { throw new Error(`${error.message}: ${await text(page, "main")}`); });
  const second = await page.$eval("#open tbody th a", (link) => link.getAttribute("href"));
  await page.goto(`${stage.url}/queue`, { waitUntil: "load" });
  await until("two releases wait", async () => (await page.$$("#queue tbody tr")).length >= 2);
  const action = await page.$eval("#queue tbody th a", (link) => link.getAttribute("href"));
  await page.goto(`${stage.url}/devices/${device(0x1a)}`, { waitUntil: "load" });
  const done = await page.$eval("#actions tbody th a", (link) => link.getAttribute("href"));
  const pages = [
    ["overview", "/"], ["approvals", "/approvals"], ["approval", second], ["devices", "/devices"],
    ["device", `/devices/${device(0x1b)}`], ["device-released", `/devices/${device(0x1a)}`], ["action-queued", action], ["action-done", done],
    ["queue", "/queue"], ["playbooks", "/playbooks"], ["playbook", "/playbooks/console-asks"], ["event", `/events/${event}`],
    ["audit", "/audit"], ["system", "/system"], ["not-found", "/devices/nobody"],
  ];

  // ---- resume, once the stopped pages were looked at
  tools.resume = async () => {
    await page.goto(`${stage.url}/`, { waitUntil: "load" });
    await page.click("#resume summary");
    await send(page, "#resume form", { by: "anna", reason: "mended", confirm: "resume" });
    must(await has(page, "main .notice.good", "Resumed"), "the resume is not told");
    must((await (await stage.api("/v1/status")).json()).stops.length === 0, "it did not resume");
    say("resumed by a typed word");
    await page.close();
  };
  return pages;
}
