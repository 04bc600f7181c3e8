// Everything that the console is tried on: a simulated Defender, the daemon on the Postgres of DATABASE_URL, and some alerts.
// Started and stopped here; nothing but loopback is talked to.
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SCALE = 60;
export const TOKEN = "the-operators-of-this-test";

// Polls until something is there; a test never waits for a time to pass.
export async function until(what, look, within = 60_000) {
  const end = Date.now() + within;
  for (;;) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${within / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const free = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

// Two playbooks: one acts at once, one asks first. And one with a name as long as names get.
const playbook = (id, title, category, ask) => `id: ${id}
title: ${title}
owner: soc@example.com
mode: enforce
priority: high

when:
  alert.event: new
  alert.severity: {at_least: high}
  alert.category: ${category}
unless:
  # So that the facts of each device are read, and its name is known.
  device.tags: {any_of: [nobody-has-it]}
if_unknown: ask
${ask ? "\nask:\n  from: [anna, bert]\n  approvals: 1\n  within: 10h\n  otherwise: skip\n" : ""}
then:
  - restrict_app_execution:
      comment: "Alert {alert.id}: {alert.title}"
      release:
        after: 6d

limits:
  - {devices: 500, per: 1h, otherwise: ask}
`;

export async function start(quell) {
  const directory = mkdtempSync(join(tmpdir(), "quell-console-"));
  const running = [];
  const begin = (args, log) => {
    const child = spawn(quell, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, RUST_BACKTRACE: "0" } });
    child.said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { child.said += text; });
    child.ended = new Promise((resolve) => child.on("exit", resolve));
    child.log = log;
    running.push(child);
    return child;
  };
  const stop = async () => {
    for (const child of running.reverse()) {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await child.ended;
      clearTimeout(late);
      writeFileSync(child.log, child.said);
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const logs = process.env.QUELL_CONSOLE_OUT || directory;
    const simulator = begin(["simulate", "--scale", String(SCALE), "--output", "json"], join(logs, "simulator.log"));
    const defender = await until("the simulator says where it is", async () => {
      if (simulator.exitCode !== null) throw new Error(simulator.said);
      return simulator.said.match(/"base_url":\s*"([^"]+)"/)?.[1];
    });
    mkdirSync(join(directory, "playbooks"));
    const write = (name, text) => writeFileSync(join(directory, name), text);
    write("playbooks/console-acts.yaml", playbook("console-acts", "Acts at once", "ConsoleActs", false));
    write("playbooks/console-asks.yaml", playbook("console-asks", "Asks a person before anything is restricted, whatever kind of device it is and wherever it stands", "ConsoleAsks", true));
    writeFileSync(join(directory, "secret"), "anything", { mode: 0o600 });
    writeFileSync(join(directory, "token"), TOKEN, { mode: 0o600 });
    const port = await free();
    write("quell.yaml", `database: {url: "${process.env.DATABASE_URL}"}
http: {listen: "127.0.0.1:${port}", operator_token_file: ${directory}/token}
log: {format: text, filter: info}
time_scale: ${SCALE}
playbooks: {path: playbooks}
never: {ids: [], tags: []}
tenants:
  - name: contoso
    base_url: ${defender}
    authority: ${defender}
    credential:
      client_secret:
        directory_id: 00000000-0000-4000-8000-000000000001
        client_id: 00000000-0000-4000-8000-000000000002
        secret_file: ${directory}/secret
`);
    const daemon = begin(["run", "--migrate", "--config", join(directory, "quell.yaml")], join(logs, "daemon.log"));
    const url = `http://127.0.0.1:${port}`;
    await until("the daemon is ready", async () => {
      if (daemon.exitCode !== null) throw new Error(daemon.said);
      return (await fetch(`${url}/readyz`)).ok;
    }).catch((error) => { throw new Error(`${error.message}\n${daemon.said}`); });
    return { url, stop, daemon, api: (path) => fetch(url + path, { headers: { authorization: `Bearer ${TOKEN}` } }) };
  } catch (error) {
    await stop();
    throw error;
  }
}

// Forty hexadecimal digits: a device, as the simulator takes any.
export const device = (n) => n.toString(16).padStart(4, "0").repeat(10);

let alerts = 0;
export async function alert(stage, n, category, title = "Ransomware behaviour was seen") {
  alerts += 1;
  const at = new Date().toISOString();
  const body = {
    id: `console-${alerts}`, severity: "High", status: "New", detectionSource: "WindowsDefenderAtp", category, title,
    alertCreationTime: at, lastUpdateTime: at, firstEventTime: at, lastEventTime: at, machineId: device(n),
  };
  const answer = await fetch(`${stage.url}/v1/events`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  if (answer.status !== 202) throw new Error(`an alert was not taken: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).accepted[0].id;
}
