// A yaml-language-server over standard input and output, for cases.mjs. It asks nothing of the network: the schema store is off.
import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import path from "node:path";

const SETTINGS = {
  yaml: {
    validate: true,
    hover: true,
    completion: true,
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
    format: { enable: false },
  },
};
const DEADLINE_MS = 60_000;

export class Server {
  #child;
  #buffer = Buffer.alloc(0);
  #next = 1;
  #answers = new Map();
  #published = new Map();
  #root;

  constructor(installed, root) {
    this.#root = root;
    const program = path.join(installed, "node_modules/yaml-language-server/bin/yaml-language-server");
    this.#child = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child.stdout.on("data", (chunk) => this.#take(chunk));
    this.#child.on("exit", (code) => this.#fail(new Error(`the language server ended with ${code}`)));
  }

  async start() {
    await this.#ask("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(this.#root).href,
      capabilities: { workspace: { configuration: true }, textDocument: { completion: { completionItem: { snippetSupport: true } } } },
    });
    this.#send({ method: "initialized", params: {} });
    this.#send({ method: "workspace/didChangeConfiguration", params: { settings: SETTINGS } });
  }

  // The diagnostics of a text as if it stood at that path of the repository.
  async diagnose(at, text) {
    const uri = this.uri(at);
    const published = this.#wait(this.#published, uri);
    this.#send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text } } });
    const { diagnostics } = await published;
    return diagnostics.map(({ range, message }) => ({ line: range.start.line + 1, message }));
  }

  hover(at, line, character) {
    return this.#ask("textDocument/hover", { textDocument: { uri: this.uri(at) }, position: { line, character } });
  }

  complete(at, line, character) {
    return this.#ask("textDocument/completion", { textDocument: { uri: this.uri(at) }, position: { line, character } });
  }

  stop() {
    this.#child.removeAllListeners("exit");
    this.#child.kill();
  }

  uri(at) {
    return pathToFileURL(path.join(this.#root, at)).href;
  }

  #ask(method, params) {
    const id = this.#next++;
    const answer = this.#wait(this.#answers, id);
    this.#send({ id, method, params });
    return answer;
  }

  #wait(waiting, key) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no answer about ${key}`)), DEADLINE_MS);
      const settle = (act) => (value) => {
        clearTimeout(timer);
        waiting.delete(key);
        act(value);
      };
      waiting.set(key, { resolve: settle(resolve), reject: settle(reject) });
    });
  }

  #send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #take(chunk) {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    for (;;) {
      const head = this.#buffer.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.subarray(0, head).toString())[1]);
      if (this.#buffer.length < head + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(head + 4, head + 4 + length).toString());
      this.#buffer = this.#buffer.subarray(head + 4 + length);
      this.#handle(message);
    }
  }

  #handle(message) {
    if (message.method === "workspace/configuration") {
      const result = message.params.items.map((item) => SETTINGS[item.section] ?? null);
      this.#send({ id: message.id, result });
    } else if (message.method === "textDocument/publishDiagnostics") {
      this.#published.get(message.params.uri)?.resolve(message.params);
    } else if (message.method && message.id !== undefined) {
      this.#send({ id: message.id, result: null });
    } else if (message.id !== undefined) {
      const waiting = this.#answers.get(message.id);
      if (message.error) waiting?.reject(new Error(message.error.message));
      else waiting?.resolve(message.result);
    }
  }

  #fail(error) {
    for (const waiting of [...this.#answers.values(), ...this.#published.values()]) waiting.reject(error);
  }
}
