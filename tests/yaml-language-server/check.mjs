// Asks a real yaml-language-server what it says of our files: nothing of those that are right, and of those that are wrong the
// very message, on the right line. Asks Ajv too, which knows nothing of editors. Called by scripts/check-schema with the folder
// where both are installed.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Server } from "./server.mjs";
import { CASES, OFFERS } from "./cases.mjs";

const installed = process.argv[2];
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const require = createRequire(path.join(installed, "package.json"));
const Ajv = require("ajv");
const YAML = require("yaml");

const KINDS = {
  playbook: { schema: "playbooks/.schema/playbook.v1.json", at: "playbooks", modeline: ".schema/playbook.v1.json" },
  test: { schema: "playbooks/.schema/test.v1.json", at: "playbooks/tests", modeline: "../.schema/test.v1.json" },
  config: { schema: "config/.schema/config.v1.json", at: "config", modeline: ".schema/config.v1.json" },
};
for (const kind of Object.values(KINDS)) {
  const schema = JSON.parse(fs.readFileSync(path.join(root, kind.schema), "utf8"));
  kind.validate = new Ajv({ strict: false, allErrors: true, unicodeRegExp: true }).compile(schema);
}

let failed = 0;
let passed = 0;
function expect(what, got, wanted) {
  if (JSON.stringify(got) === JSON.stringify(wanted)) return void passed++;
  failed++;
  console.error(`FAIL ${what}\n  expected ${JSON.stringify(wanted)}\n  got      ${JSON.stringify(got)}`);
}

const server = new Server(installed, root);
try {
  await server.start();
  for (const kind of Object.values(KINDS)) {
    for (const file of fs.readdirSync(path.join(root, kind.at)).filter((file) => file.endsWith(".yaml"))) {
      const at = `${kind.at}/${file}`;
      const text = fs.readFileSync(path.join(root, at), "utf8");
      expect(`${at} is right`, await server.diagnose(at, text), []);
      expect(`${at} is right to Ajv`, kind.validate(YAML.parse(text)) || kind.validate.errors, true);
    }
  }
  for (const [position, { kind, what, text, found }] of CASES.entries()) {
    const { at, modeline, validate } = KINDS[kind];
    const whole = `# yaml-language-server: $schema=${modeline}\n${text}`;
    const got = await server.diagnose(`${at}/case-${position}.yaml`, whole);
    expect(what, got, found.map(([line, message]) => ({ line: line + 1, message })));
    expect(`${what}: to Ajv`, validate(YAML.parse(text)), found.length === 0);
  }
  for (const [position, { kind, what, text, says, offers }] of OFFERS.entries()) {
    const { at, modeline } = KINDS[kind];
    const file = `${at}/offer-${position}.yaml`;
    const before = text.slice(0, text.indexOf("|")).split("\n");
    const place = [before.length, before.at(-1).length];
    await server.diagnose(file, `# yaml-language-server: $schema=${modeline}\n${text.replace("|", "")}`);
    if (says) {
      const hover = await server.hover(file, ...place);
      expect(what, says.filter((part) => !(hover?.contents.value ?? "").includes(part)), []);
    }
    if (offers) {
      const list = await server.complete(file, ...place);
      const labels = list.items.map((item) => item.label);
      expect(`${what} (of ${labels})`, offers.filter((offer) => !labels.includes(offer)), []);
    }
  }
} finally {
  server.stop();
}
console.log(`yaml-language-server: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
