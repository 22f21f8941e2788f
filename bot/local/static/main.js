// Ties the page together: what arrives is kept and drawn, what one does is asked of the house.
import { Composer } from "./composer.js";
import { ask as askForm, confirm, preview } from "./dialogs.js";
import { Line } from "./socket.js";
import { BOT, absorb, everything, forget, home, keep, me, mine, read, reindex, replies, state, top, unreadIn } from "./state.js";
import { localise, short } from "./time.js";
import { avatar, draw, make } from "./view.js";

const find = (id) => document.getElementById(id);
const app = find("app"), hints = JSON.parse(app.dataset.hints), phone = matchMedia("(max-width: 760px)");
const HOME = "~home", LAST = 1e12; // what is not sent yet stands last
const work = new Map();
let drafts = 0;

const line = new Line(() => ({ t: "hello", persona: state.persona, since: state.change, epoch: state.epoch }), hear, tell);
const main = new Composer(find("composer"), { id: "words", send: (text) => say(text, ""), suggest });
const side = new Composer(find("thread-composer"), { id: "thread-words", send: (text) => say(text, state.thread), suggest });

async function suggest(verb, argument, typed) { return (await line.ask({ t: "suggest", verb, argument, typed })).choices; }

// ---- what arrives
function hear(frame) {
  if (frame.t === "problem") {
    if (frame.code === "NOT_FOUND" && state.persona !== "dev") { state.persona = "dev"; line.greet(); return; }
    notice(frame.error);
    return;
  }
  if (frame.t === "snapshot") {
    absorb(frame);
    if (!state.channel) state.channel = fromAddress() || state.channels[0]?.id || mine();
    if (state.channel.startsWith("@")) state.channel = mine();
    render();
    return;
  }
  if (frame.t === "channels") {
    state.channels = frame.channels;
    render();
    return;
  }
  const fresh = keep(frame.message);
  if (!fresh) return;
  arrive(frame.message, fresh.before);
  render();
}

function arrive(message, before) {
  if (message.client && message.client !== message.id) state.messages.delete(message.client);
  if (message.author !== BOT) return;
  for (const [id, job] of work) if (job.channel === message.channel || message.kind === "home") work.delete(id);
  if (!before) announce(`Wardroom: ${message.summary || message.text}`);
  else if (before.summary !== message.summary) announce(message.summary);
}

let announcing = 0;
function announce(text) {
  clearTimeout(announcing);
  announcing = setTimeout(() => { find("says").textContent = text; }, 300);
}

function tell(how, since) {
  const live = find("live");
  live.dataset.state = how;
  live.textContent = how === "live" ? "live" : `reconnecting, stale since ${short(since)}`;
}

let noticing = 0;
function notice(text) {
  const box = find("notice");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(noticing);
  noticing = setTimeout(() => { box.hidden = true; }, 7000);
}

// ---- what one does
async function attempt(channel, thread, frame) {
  const id = crypto.randomUUID();
  work.set(id, { channel, thread, shown: false });
  try {
    const answer = await line.ask(frame);
    if (answer.form) { work.delete(id); openForm(answer.form, channel, thread, frame.message || ""); }
    else if (answer.working && work.has(id)) {
      work.get(id).shown = true;
      setTimeout(() => { work.delete(id); typing(); }, 8000);
    } else work.delete(id);
    typing();
    return answer;
  } catch (problem) { work.delete(id); typing(); throw problem; }
}

function openForm(form, channel, thread, message) {
  askForm(form, (filled) => attempt(channel, thread, { t: "send", channel, thread, message, ...filled }));
}

async function say(text, thread) {
  const id = crypto.randomUUID(), channel = state.channel === HOME ? mine() : state.channel;
  state.messages.set(id, { id, client: id, channel, thread, author: state.persona, kind: text.startsWith("/") ? "command" : "text", only: "", text, at: new Date().toISOString(), change: 0, position: LAST + drafts++, pending: true });
  render();
  scrollDown(thread ? "thread-log" : "log");
  await deliver(id, channel, thread, text);
}

async function deliver(id, channel, thread, text) {
  try {
    const answer = await attempt(channel, thread, { t: "say", id, channel, thread, text });
    if (answer.form) state.messages.delete(id);
  } catch (problem) {
    // The workspace may have kept it though the house did not take it: the mark goes where the words stand.
    const shown = [...state.messages.values()].find((one) => one.client === id);
    if (shown) shown.problem = problem.message;
  }
  render();
}

function again(message) {
  const { client, channel, thread, text } = state.messages.get(message);
  delete state.messages.get(message).problem;
  deliver(client, channel, thread, text);
}

async function press(control, choice = "") {
  const message = state.messages.get(control.closest("[data-id]").dataset.id);
  const { verb, value, confirm: question, look } = control.dataset;
  if (control.getAttribute("aria-disabled") === "true") return;
  if (question && !(await confirm(question, control.textContent, look))) return;
  control.setAttribute("aria-disabled", "true");
  try {
    const answer = await attempt(message.channel, message.thread, { t: "press", message: message.id, verb, value, choice });
    // What comes of a button of one's own page is told in the conversation with the bot.
    if (state.channel === HOME && !answer.form) go(mine());
  }
  catch (problem) { notice(problem.message); }
  finally { control.removeAttribute("aria-disabled"); if (control.tagName === "SELECT") control.value = ""; }
}

async function showPreview(id) {
  try { preview((await line.ask({ t: "preview", message: id })).previews); } catch (problem) { notice(problem.message); }
}

function become(id) {
  if (id === state.persona) { drawer(false); return; }
  state.persona = id;
  const wasDirect = state.channel.startsWith("@");
  forget();
  if (wasDirect) state.channel = mine();
  if (wasDirect || !state.channels.some((one) => one.id === state.channel)) closeThread();
  line.greet();
  drawer(false);
}

function go(channel) {
  state.channel = channel;
  closeThread(false);
  drawer(false);
  if (channel === HOME) line.ask({ t: "home" }).catch((problem) => notice(problem.message));
  render();
  scrollDown("log");
  history.replaceState(null, "", `#${channel === mine() ? "@" : channel}`);
}

function openThread(id) {
  state.thread = id;
  app.dataset.thread = "open";
  find("thread").hidden = false;
  render();
  scrollDown("thread-log");
  (phone.matches ? find("thread-back") : side.words).focus();
}

function closeThread(focus = true) {
  const id = state.thread;
  state.thread = "";
  delete app.dataset.thread;
  find("thread").hidden = true;
  if (id && focus) document.querySelector(`#log [data-open="${id}"]`)?.focus();
}

function drawer(open) {
  app.toggleAttribute("data-drawer", open);
  find("menu").setAttribute("aria-expanded", open);
  if (open) find("side").querySelector("[aria-current=page]")?.focus();
}

const fromAddress = () => { const place = decodeURIComponent(location.hash.slice(1)); return place === "@" ? mine() : state.channels.some((one) => one.id === place) ? place : ""; };
const scrollDown = (id) => { const log = find(id); log.scrollTop = log.scrollHeight; };

// ---- what is drawn
let planned = 0;
function render() { planned ||= requestAnimationFrame(() => { planned = 0; paint(); }); }

function paint() {
  reindex();
  const who = me(), channel = state.channels.find((one) => one.id === state.channel);
  const isHome = state.channel === HOME;
  find("where").textContent = isHome ? "Home" : channel ? `#${channel.name}` : "Wardroom";
  find("topic").textContent = isHome ? "What waits for you, as the bot sees it" : channel ? channel.topic : "Only you and the bot read this";
  const said = isHome ? [home()].filter(Boolean) : top(state.channel);
  const isNew = !isHome && !said.some((message) => message.author !== BOT);
  if (document.visibilityState === "visible" && !isHome) read(state.channel, everything(state.channel));
  if (state.thread) read(state.thread, replies(state.thread));
  draw(find("log"), said, { before: isNew ? [welcome(who, said.length === 0)] : isHome && !said.length ? [empty("Your own page is being written…")] : [] });
  main.hint(`Message ${isHome || !channel ? "Wardroom" : `#${channel.name}`} as ${who?.name ?? "…"}`);
  paintThread(channel);
  lists();
  typing();
}

function paintThread(channel) {
  if (!state.thread) return;
  const root = state.messages.get(state.thread);
  if (!root) { closeThread(false); return; }
  find("thread-where").textContent = channel ? `#${channel.name}` : "with Wardroom";
  draw(find("thread-log"), [root, ...replies(state.thread)], { inThread: true });
  side.hint(`Reply as ${me()?.name ?? "…"}`);
}

const empty = (text) => make("p", { class: "empty" }, text);

function welcome(who, silent) {
  const kept = find("welcome");
  if (kept && kept.dataset.who === who?.id) return kept;
  const isStranger = who && !who.roles.length;
  return make("section", { class: "welcome", id: "welcome", "data-who": who?.id ?? "" },
    make("h2", {}, silent ? "Nothing was said here yet" : "Your turn"),
    make("p", {}, `You are ${who?.name ?? "somebody"}${who?.blurb ? `: ${who.blurb}` : ""}. ${isStranger ? "Wardroom does not know you; see how it answers." : "Three things to try:"}`),
    make("div", { class: "hints" }, ...hints.map((text) => make("button", { type: "button", class: "hint", onclick: () => main.put(text) }, text))));
}

function entry(label, id, sign, count) {
  const row = make("button", { type: "button", "data-channel": id, "aria-current": state.channel === id ? "page" : false }, make("span", { class: "sign", "aria-hidden": "true" }, sign), make("span", { class: "label" }, label));
  if (count) row.append(make("span", { class: "badge" }, String(count), make("span", { class: "unseen" }, " unread")));
  return make("li", {}, row);
}

function lists() {
  const active = document.activeElement?.dataset ?? {};
  const counts = new Map([...state.channels.map((one) => one.id), mine()].map((id) => [id, unreadIn(id)]));
  find("channels").replaceChildren(...state.channels.map((one) => entry(one.name, one.id, "#", counts.get(one.id))));
  find("direct").replaceChildren(entry("Home", HOME, "⌂", 0), entry("Wardroom", mine(), "✦", counts.get(mine())));
  find("people").replaceChildren(...state.personas.map((one) => make("li", {}, make("button", { type: "button", "data-persona": one.id, "aria-pressed": one.id === state.persona, title: one.blurb || false }, avatar(one), make("span", { class: "label" }, one.name, make("small", {}, one.roles.join(", ") || one.blurb || "unknown to the bot"))))));
  if (active.channel) find("side").querySelector(`[data-channel="${CSS.escape(active.channel)}"]`)?.focus({ preventScroll: true });
  if (active.persona) find("side").querySelector(`[data-persona="${CSS.escape(active.persona)}"]`)?.focus({ preventScroll: true });
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  find("menu-dot").hidden = !total;
  document.title = `${total ? `(${total}) ` : ""}Wardroom · simulated workspace`;
}

function typing() {
  const shown = [...work.values()].filter((job) => job.shown && job.channel === (state.channel === HOME ? mine() : state.channel));
  const put = (id, busy) => { const node = find(id); if ((node.textContent !== "") !== busy) node.replaceChildren(...(busy ? [make("i"), make("i"), make("i"), " Wardroom is working…"] : [])); };
  put("typing", shown.some((job) => !job.thread));
  put("thread-typing", shown.some((job) => job.thread && job.thread === state.thread));
}

// ---- themes
const THEMES = { "": ["as the system", "M10 3a7 7 0 1 0 0 14V3z"], light: ["light", "M10 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8M10 1v2M10 17v2M1 10h2M17 10h2M3.6 3.6l1.4 1.4M15 15l1.4 1.4M3.6 16.4L5 15M15 5l1.4-1.4"], dark: ["dark", "M16 12.5A7 7 0 0 1 7.5 4 7 7 0 1 0 16 12.5z"] };

function theme(chosen) {
  const [label, path] = THEMES[chosen];
  if (chosen) { localStorage.setItem("wardroom.theme", chosen); document.documentElement.dataset.theme = chosen; }
  else { localStorage.removeItem("wardroom.theme"); delete document.documentElement.dataset.theme; }
  find("theme").setAttribute("aria-label", `Theme: ${label}`);
  find("theme").title = `Theme: ${label}`;
  find("theme").innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7" class="${chosen ? "off" : ""}"/><path d="${path}"/></svg>`;
}

find("theme").addEventListener("click", () => {
  const order = ["", "light", "dark"];
  theme(order[(order.indexOf(document.documentElement.dataset.theme ?? "") + 1) % 3]);
});

// ---- hands
document.addEventListener("click", (event) => {
  const target = event.target.closest("button, a");
  if (!target) { if (phone.matches && app.hasAttribute("data-drawer") && !event.target.closest("#side")) drawer(false); return; }
  const { channel, persona, open, preview: shown, retry, verb, mark } = target.dataset;
  if (channel) go(channel);
  else if (persona) become(persona);
  else if (open) openThread(open);
  else if (shown) showPreview(shown);
  else if (retry) again(retry);
  else if (verb) press(target);
  else if (mark) line.ask({ t: "mark", message: mark }).catch((problem) => notice(problem.message));
  else if (target.id === "menu") drawer(!app.hasAttribute("data-drawer"));
  else if (target.id === "thread-close" || target.id === "thread-back") { closeThread(); render(); }
});
document.addEventListener("change", (event) => { if (event.target.matches("select[data-verb]") && event.target.value) press(event.target, event.target.value); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  if (app.hasAttribute("data-drawer")) { drawer(false); find("menu").focus(); }
  else if (state.thread) { closeThread(); render(); }
});
document.addEventListener("visibilitychange", render);
addEventListener("hashchange", () => { const place = fromAddress(); if (place && place !== state.channel) go(place); });
setInterval(() => localise(document), 20000);

theme(document.documentElement.dataset.theme ?? "");
line.open();
