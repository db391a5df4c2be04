// A value opened for a purpose closes by itself: the seconds are counted in words, then the mask returns.
import { say } from "./say.js";

function count(element) {
  let left = Number(element.dataset.opensFor);
  const words = element.querySelector("[data-seconds-left]");
  const timer = window.setInterval(() => {
    left -= 1;
    if (left > 0 && element.isConnected) {
      if (words) words.textContent = document.body.dataset.wordsSeconds.replace("{n}", String(left));
      return;
    }
    window.clearInterval(timer);
    const value = element.querySelector("[data-open-value]");
    if (value) value.textContent = element.dataset.mask;
    if (words) words.textContent = document.body.dataset.wordsClosed;
    say(document.body.dataset.wordsClosed);
  }, 1000);
}

export function startReveals(root) {
  root.querySelectorAll("[data-opens-for]:not([data-counting])").forEach((element) => {
    element.dataset.counting = "";
    count(element);
  });
}
