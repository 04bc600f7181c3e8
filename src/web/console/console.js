// The console's one script. Every page works without it; with it a page follows what changes, without being loaded again, and is
// easier on the fingers. It takes nothing from anywhere but this server's own pages.
"use strict";
(() => {
  const body = document.body;
  const byId = (id) => document.getElementById(id);

  // ---- the page follows what changes

  // Brings one element in line with what the server says now. Elements stay where they are like: so the focus, what was typed,
  // what is unfolded and where was scrolled to stay as they are.
  const kept = new Set(["value", "checked", "selected", "open", "data-seen"]);
  function bring(old, now) {
    if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName || (old.id || "") !== (now.id || "")) {
      const fresh = document.importNode(now, true);
      old.replaceWith(fresh);
      return fresh;
    }
    // What somebody is about to confirm stays what they were shown.
    if (old.nodeType === Node.ELEMENT_NODE && "asShown" in old.dataset && old.closest("details[open]")) return old;
    if (old.nodeType !== Node.ELEMENT_NODE) {
      if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
      return old;
    }
    for (const { name, value } of [...now.attributes]) {
      if (!kept.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    for (const { name } of [...old.attributes]) {
      if (!kept.has(name) && !now.hasAttribute(name)) old.removeAttribute(name);
    }
    if (!old.isEqualNode(now)) children(old, now);
    return old;
  }
  function children(old, now) {
    const known = new Map();
    for (const child of old.children) if (child.id) known.set(child.id, child);
    let at = old.firstChild;
    for (const wanted of [...now.childNodes]) {
      const same = wanted.id ? known.get(wanted.id) : undefined;
      if (same) {
        if (same !== at) old.insertBefore(same, at);
        at = bring(same, wanted).nextSibling;
      } else if (at && !(at.id && known.has(at.id)) && at.nodeName === wanted.nodeName && !wanted.id) {
        at = bring(at, wanted).nextSibling;
      } else {
        const fresh = document.importNode(wanted, true);
        old.insertBefore(fresh, at);
        if (fresh.nodeType === Node.ELEMENT_NODE) fresh.classList.add("fresh");
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  const state = byId("live-state");
  const said = byId("said");
  let fetching = false;
  let again = false;
  async function refresh() {
    if (document.hidden) { again = true; return; }
    if (fetching) { again = true; return; }
    fetching = true;
    again = false;
    try {
      // Nobody did anything: a session is not prolonged by it.
      const answer = await fetch(body.dataset.here, { headers: { accept: "text/html", "x-quell-refresh": "1" }, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const old of document.querySelectorAll("[data-live]")) {
        const now = page.getElementById(old.id);
        if (now) bring(old, now);
      }
      // What somebody looked at is what they answer: when it is not that any more, they are told, and their form stays as it is.
      for (const guard of document.querySelectorAll("input[data-guard]")) {
        const now = page.getElementById(guard.id);
        byId("changed-meanwhile").hidden = now !== null && now.value === guard.value;
      }
      const news = page.body.dataset.say;
      if (news && news !== body.dataset.say) {
        body.dataset.say = news;
        said.textContent = news;
      }
      ready();
    } catch (error) {
      // The server is away, or the session over: what is shown stays, and the foot says how old it is.
    } finally {
      fetching = false;
      if (again && !document.hidden) setTimeout(refresh, 300);
    }
  }
  function follow() {
    const source = new EventSource(body.dataset.live);
    source.onopen = () => { state.textContent = "live"; };
    source.onerror = () => {
      // What was refused is not asked for again: the session may be over.
      const over = source.readyState === EventSource.CLOSED;
      state.textContent = over ? "not live: load the page again" : "not live: the server does not answer; trying again";
    };
    source.addEventListener("changed", refresh);
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }
  document.addEventListener("visibilitychange", () => { if (!document.hidden && again) refresh(); });
  if (body.dataset.live && "EventSource" in window) {
    follow();
    // Times are told from now: they age without any news.
    setInterval(refresh, 30000);
  }

  // ---- keys
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = byId("search");
      if (search) { event.preventDefault(); search.focus(); search.select(); }
    }
    if (event.key === "Escape") {
      const open = event.target.closest("details.stop[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
    }
  });

  // ---- what must be typed before a button does anything
  document.addEventListener("input", (event) => {
    const word = event.target.dataset.word;
    if (!word) return;
    const button = event.target.form.querySelector("button[type=submit]");
    button.disabled = event.target.value.trim().toLowerCase() !== word;
  });
  document.addEventListener("submit", (event) => {
    // Once is enough; the server would refuse the second one, but nobody should have to wonder.
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const name = form.querySelector("input[name=by]");
    if (name) try { localStorage.setItem("quell.by", name.value); } catch (error) { /* not kept then */ }
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // ---- how many are ticked, and ticking all or none
  function counts() {
    for (const group of document.querySelectorAll("[data-picks]")) {
      const boxes = [...group.querySelectorAll("input[type=checkbox][name=device]")];
      const ticked = boxes.filter((box) => box.checked).length;
      const out = group.querySelector("[data-ticked]");
      if (out) out.textContent = `${ticked} of ${boxes.length} devices`;
      const send = group.querySelector("button[data-needs-one]");
      if (send) send.disabled = ticked === 0;
    }
  }
  document.addEventListener("change", counts);
  document.addEventListener("click", (event) => {
    const tick = event.target.closest("button[data-tick]");
    if (!tick) return;
    const group = tick.closest("[data-picks]");
    for (const box of group.querySelectorAll("input[type=checkbox][name=device]:not(:disabled)")) {
      box.checked = tick.dataset.tick === "all";
    }
    counts();
  });

  // ---- begin, and again whenever the page was brought in line: what the server sends knows of no script
  function ready() {
    for (const element of document.querySelectorAll("[data-script]")) element.hidden = false;
    for (const word of document.querySelectorAll("[data-word]")) {
      word.form.querySelector("button[type=submit]").disabled = word.value.trim().toLowerCase() !== word.dataset.word;
    }
    let name = "";
    try { name = localStorage.getItem("quell.by") || ""; } catch (error) { /* not kept */ }
    for (const field of document.querySelectorAll("input[name=by]:not([data-seen])")) {
      field.dataset.seen = "";
      if (!field.value) field.value = name;
    }
    counts();
  }
  ready();
  // What was just done is told once.
  if (location.search.includes("done=")) history.replaceState(null, "", body.dataset.here);
})();
