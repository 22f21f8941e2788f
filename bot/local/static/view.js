// Draws messages. Everything from people is text; the HTML of cards is made safe by the server.
import { BOT, person, replies, state, unread } from "./state.js";
import { dayName, localise, short, utc } from "./time.js";

export function make(tag, attributes = {}, ...inside) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  node.append(...inside.filter((one) => one !== null && one !== undefined && one !== false));
  return node;
}

const initials = (name) => name.split(/\s+/).map((word) => word[0]).join("").slice(0, 2).toUpperCase();
const hue = (id) => Math.max(0, state.personas.findIndex((one) => one.id === id)) % 6;

export function avatar(who) {
  if (who.bot) return make("span", { class: "avatar bot", "aria-hidden": "true" }, make("img", { src: "/static/mark.svg", alt: "", width: 34, height: 34 }));
  return make("span", { class: `avatar hue-${hue(who.id)}`, "aria-hidden": "true" }, initials(who.name));
}

function head(message) {
  const who = person(message.author), at = new Date(message.at);
  return make("header", {},
    make("b", {}, who.name), who.bot ? make("span", { class: "app" }, "app") : null,
    make("time", { datetime: message.at, title: utc(at), "data-style": "time" }, short(at)),
    message.pinned ? make("span", { class: "pinned" }, "pinned") : null,
    message.only ? make("span", { class: "only" }, "only you see this") : null);
}

function words(text) {
  const node = make("p", { class: "said" });
  for (const piece of text.split(/((?<![\w@])@wardroom\b)/i)) node.append(/^@wardroom$/i.test(piece) ? make("span", { class: "who" }, piece) : piece);
  return node;
}

function summary(message) {
  const said = replies(message.id);
  if (!said.length) return null;
  const fresh = unread(message.id, said), last = new Date(said.at(-1).at);
  const faces = [...new Set(said.map((one) => one.author))].slice(0, 4).map((id) => avatar(person(id)));
  return make("button", { type: "button", class: "replies", "data-open": message.id },
    make("span", { class: "faces" }, ...faces), make("b", {}, `${said.length} ${said.length === 1 ? "reply" : "replies"}`),
    make("span", { class: "last" }, `last at ${short(last)}`), fresh ? make("span", { class: "badge" }, `${fresh} new`) : null);
}

function fill(node, message, inThread) {
  const body = make("div", { class: "body" }, head(message));
  if (message.html) {
    const holder = make("div", { class: "holder" });
    holder.innerHTML = message.html;
    for (const who of holder.querySelectorAll(".who")) if (who.dataset.person === state.persona) who.classList.add("me");
    body.append(holder);
  } else body.append(message.kind === "command" ? make("p", { class: "said" }, make("code", {}, message.text)) : words(message.text));
  if (message.problem) body.append(make("p", { class: "problem" }, `${message.problem} `, make("button", { type: "button", class: "link", "data-retry": message.id }, "Try again")));
  const tools = make("div", { class: "tools" });
  if (!inThread && !message.pending && !message.only) tools.append(make("button", { type: "button", "data-open": message.id }, "Reply in thread"));
  if (!message.html && message.kind === "text" && !message.pending && (message.thread || message.channel.startsWith("inc-"))) tools.append(make("button", { type: "button", "data-mark": message.id }, "Add to timeline"));
  if (message.html && state.previews.length) tools.append(make("button", { type: "button", "data-preview": message.id }, "Show as JSON"));
  if (tools.childNodes.length) body.append(tools);
  const under = inThread ? null : summary(message);
  if (under) body.append(under);
  node.replaceChildren(avatar(person(message.author)), body);
  node.className = `message${message.only ? " private" : ""}${message.pending ? " pending" : ""}${message.author === BOT ? " from-bot" : ""}`;
  localise(node);
}

const signature = (message, inThread) => [message.change, message.pending, message.problem, inThread ? "" : replies(message.id).map((one) => one.id).join() + unread(message.id, replies(message.id))].join("|");

function focusMark(node) {
  const active = document.activeElement;
  if (!node.contains(active)) return null;
  const { verb, open, preview } = active.dataset;
  return { verb, open, preview };
}

function focusAgain(node, mark) {
  const same = [...node.querySelectorAll("[data-verb],[data-open],[data-preview]")].find((one) => one.dataset.verb === mark.verb && one.dataset.open === mark.open && one.dataset.preview === mark.preview);
  const target = same || node;
  if (target === node) node.tabIndex = -1;
  target.focus({ preventScroll: true });
}

// Keeps what is there, changes what changed, and leaves the focus where it was.
export function draw(log, messages, { inThread = false, before = [] } = {}) {
  const stick = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const known = new Map([...log.children].filter((node) => node.dataset.id).map((node) => [node.dataset.id, node]));
  const wanted = [...before];
  let lastDay = "";
  for (const message of messages) {
    const today = dayName(new Date(message.at));
    if (today !== lastDay && !inThread) wanted.push(make("div", { class: "day", role: "separator" }, make("span", {}, today)));
    lastDay = today;
    const node = known.get(message.id) || make("article", { "data-id": message.id });
    const now = signature(message, inThread);
    if (node.dataset.now !== now) {
      const mark = focusMark(node);
      fill(node, message, inThread);
      node.dataset.now = now;
      if (mark) focusAgain(node, mark);
    }
    wanted.push(node);
  }
  const active = log.contains(document.activeElement) ? document.activeElement : null;
  const keepers = new Set(wanted);
  for (const node of [...log.children]) if (!keepers.has(node)) node.remove();
  wanted.forEach((node, place) => { if (log.children[place] !== node) log.insertBefore(node, log.children[place] || null); });
  if (active && active.isConnected && document.activeElement !== active) active.focus({ preventScroll: true });
  if (stick) log.scrollTop = log.scrollHeight;
}
