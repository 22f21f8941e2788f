// Questions in front of everything: confirm, forms, and the same card as other platforms get it.
import { make } from "./view.js";

const find = (id) => document.getElementById(id);

export function confirm(question, label, look) {
  const dialog = find("confirm"), yes = find("confirm-yes");
  find("confirm-text").textContent = question;
  yes.textContent = label;
  yes.dataset.look = look === "danger" ? "danger" : "primary";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

export function ask(form, send) {
  const dialog = find("form"), element = dialog.querySelector("form"), error = find("form-error"), button = find("form-send");
  find("form-body").innerHTML = form.html;
  button.textContent = form.submit;
  button.disabled = false;
  error.hidden = true;
  // One id for the whole life of the dialog: pressing twice, or again after a break, sends one form.
  const id = crypto.randomUUID();
  element.onsubmit = async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, String(value)]));
    button.disabled = true;
    try { await send({ id, ...form.carry, fields }); dialog.close(); } catch (problem) { error.textContent = problem.message; error.hidden = false; button.disabled = false; }
  };
  find("form-cancel").onclick = () => dialog.close();
  dialog.showModal();
  dialog.querySelector("#form-body input, #form-body textarea, #form-body select")?.focus();
}

export function preview(cards) {
  const dialog = find("preview"), tabs = find("preview-tabs"), json = find("preview-json");
  const names = Object.keys(cards);
  const show = (name) => {
    json.textContent = JSON.stringify(cards[name], null, 2);
    for (const tab of tabs.children) { const on = tab.dataset.name === name; tab.setAttribute("aria-selected", on); tab.tabIndex = on ? 0 : -1; }
  };
  tabs.replaceChildren(...names.map((name) => make("button", { type: "button", role: "tab", "data-name": name, onclick: () => show(name) }, name)));
  tabs.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = names.indexOf(tabs.querySelector("[aria-selected=true]").dataset.name), next = (at + step + names.length) % names.length;
    show(names[next]); tabs.children[next].focus();
  };
  find("preview-copy").onclick = () => navigator.clipboard?.writeText(json.textContent);
  show(names[0]);
  dialog.showModal();
}
