// Where one writes: Enter sends, Shift+Enter breaks the line, "/" opens the menu of commands.
import { state } from "./state.js";
import { make } from "./view.js";

let made = 0;

export class Composer {
  #options = []; #at = -1; #asked = 0;

  constructor(form, { send, suggest, id }) {
    this.send = send; this.suggest = suggest; this.name = `menu-${++made}`;
    this.list = make("ul", { class: "slash", role: "listbox", id: this.name, "aria-label": "Commands", hidden: true });
    this.words = make("textarea", { rows: 1, id, role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.name, autocapitalize: "sentences", spellcheck: "true" });
    this.button = make("button", { class: "send", "aria-label": "Send" });
    this.button.innerHTML = '<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 10h13M11 4.5l5.5 5.5-5.5 5.5"/></svg>';
    form.replaceChildren(this.list, make("div", { class: "box" }, this.words, this.button));
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.words.addEventListener("input", () => this.#changed());
    this.words.addEventListener("keydown", (event) => this.#key(event));
    this.words.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => { event.preventDefault(); const row = event.target.closest("li"); if (row) this.#pick(Number(row.dataset.at)); });
  }

  hint(text) { this.words.placeholder = text; this.words.setAttribute("aria-label", text); }
  put(text) { this.words.value = text; this.words.focus(); this.#changed(); }
  close() { this.#show([]); }

  #submit() {
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = "";
    this.#changed();
    this.send(text);
  }

  #changed() {
    this.words.style.height = "auto";
    this.words.style.height = `${Math.min(this.words.scrollHeight, 180)}px`;
    const text = this.words.value;
    if (!text.startsWith("/") || text.includes("\n")) { this.close(); return; }
    const command = state.commands.filter((one) => text.startsWith(`${one.command} `)).sort((a, b) => b.command.length - a.command.length)[0];
    if (!command) { this.#show(state.commands.filter((one) => one.command.startsWith(text.trimEnd()) || one.command.startsWith(text)).map((one) => ({ label: one.command, help: one.help, text: `${one.command} ` }))); return; }
    this.#argument(command, text);
  }

  async #argument(command, text) {
    const rest = text.slice(command.command.length + 1), words = rest.split(/\s+/), typed = words.at(-1);
    const named = typed.match(/^(\w+)=(.*)$/);
    const argument = named ? named[1] : command.order[words.length - 1];
    const asked = ++this.#asked;
    if (!argument || !command.choices.includes(argument)) { this.#show([]); return; }
    const kept = text.slice(0, text.length - typed.length) + (named ? `${argument}=` : "");
    const choices = await this.suggest(command.verb, argument, named ? named[2] : typed).catch(() => []);
    if (asked !== this.#asked || this.words.value !== text) return;
    this.#show(choices.map(([label, value]) => ({ label: value, help: label === value ? argument : label, text: `${kept}${value} ` })));
  }

  #show(options) {
    this.#asked += options.length ? 0 : 1;
    this.#options = options.slice(0, 12);
    this.#at = -1;
    this.list.hidden = !this.#options.length;
    this.words.setAttribute("aria-expanded", String(!this.list.hidden));
    this.words.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...this.#options.map((one, at) => make("li", { role: "option", id: `${this.name}-${at}`, "data-at": at, "aria-selected": "false" }, make("code", {}, one.label), make("span", {}, one.help))));
  }

  #move(step) {
    const count = this.#options.length;
    this.#at = (this.#at + step + count) % count;
    [...this.list.children].forEach((row, at) => { row.setAttribute("aria-selected", at === this.#at); if (at === this.#at) row.scrollIntoView({ block: "nearest" }); });
    this.words.setAttribute("aria-activedescendant", `${this.name}-${this.#at}`);
  }

  #pick(at) { this.put(this.#options[at].text); }

  #key(event) {
    const open = !this.list.hidden;
    if (event.isComposing) return;
    if (open && event.key === "ArrowDown") { event.preventDefault(); this.#move(1); }
    else if (open && event.key === "ArrowUp") { event.preventDefault(); this.#move(this.#at < 0 ? 0 : -1); }
    else if (open && event.key === "Tab" && !event.shiftKey) { event.preventDefault(); this.#pick(Math.max(0, this.#at)); }
    else if (open && event.key === "Escape") { event.preventDefault(); event.stopPropagation(); this.close(); }
    else if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); if (open && this.#at >= 0) this.#pick(this.#at); else this.#submit(); }
  }
}
