// After a part of the page has been exchanged: focus to its heading, one sentence to the live region.
// A button that waits longer than 400 ms says so and stays where it is.
import { startReveals } from "./reveal.js";
import { say } from "./say.js";

const PATIENCE = 400;
const waiting = new WeakMap();

function buttonOf(source) {
  if (!(source instanceof Element)) return null;
  if (source.matches("button, a.btn")) return source;
  return source.querySelector("button[type=submit], button:not([type])");
}

function begin(source) {
  const button = buttonOf(source);
  if (!button || waiting.has(button)) return;
  const words = button.innerHTML;
  const timer = window.setTimeout(() => {
    button.textContent = document.body.dataset.wordsBusy;
    button.setAttribute("aria-busy", "true");
    say(document.body.dataset.wordsBusy);
  }, PATIENCE);
  waiting.set(button, { timer, words });
}

function end(source) {
  const button = buttonOf(source);
  const state = button && waiting.get(button);
  if (!state) return;
  window.clearTimeout(state.timer);
  waiting.delete(button);
  if (button.getAttribute("aria-busy") === "true") {
    button.innerHTML = state.words;
    button.removeAttribute("aria-busy");
  }
}

function settle(target) {
  startReveals(document.body);
  if (!(target instanceof Element) || !target.isConnected) return;
  const said = target.querySelector("[data-say]");
  const heading = target.querySelector("[data-focus], h1, h2, h3");
  if (heading) {
    if (!heading.hasAttribute("tabindex")) heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: false });
  }
  if (said) say(said.dataset.say);
  else if (heading) say(heading.textContent.trim());
}

export function startSwaps(page) {
  // A form that loads a new page and may take long says so too; coming back by the browser finds its button as it was.
  page.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-busy]")) begin(event.target);
  });
  window.addEventListener("pageshow", () => page.querySelectorAll("form[data-busy]").forEach(end));
  page.addEventListener("htmx:before:request", (event) => begin(event.detail.ctx.sourceElement));
  page.addEventListener("htmx:finally:request", (event) => end(event.detail.ctx.sourceElement));
  page.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail.ctx.target;
    settle(target && target.isConnected ? target : event.target);
  });
  page.addEventListener("htmx:error", () => say(document.body.dataset.wordsFailed));
}
