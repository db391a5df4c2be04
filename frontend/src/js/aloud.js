// Reads the page to the person, where the browser itself can speak; where it cannot, the button stays hidden.
function words(root) {
  const parts = [];
  root.querySelectorAll("[data-aloud-text]").forEach((section) => {
    section.querySelectorAll("h1, h2, h3, p, li, b").forEach((element) => {
      if (element.closest("form, nav, .gt-vh") || element.parentElement.closest("p, li, h1, h2, h3")) return;
      const text = element.textContent.replace(/\s+/g, " ").trim();
      if (text) parts.push(text);
    });
  });
  return parts;
}

export function startAloud(document) {
  const speech = window.speechSynthesis;
  const button = document.querySelector("[data-aloud]");
  if (!button || !speech || !window.SpeechSynthesisUtterance) return;
  const label = button.querySelector("span");
  const start = label.textContent;
  const stopped = () => {
    label.textContent = start;
    button.setAttribute("aria-pressed", "false");
  };
  button.hidden = false;
  stopped();
  button.addEventListener("click", () => {
    if (speech.speaking) {
      speech.cancel();
      stopped();
      return;
    }
    const parts = words(document);
    parts.forEach((text, place) => {
      const part = new SpeechSynthesisUtterance(text);
      part.lang = document.documentElement.lang;
      part.rate = 0.9;
      if (place === parts.length - 1) part.onend = stopped;
      speech.speak(part);
    });
    label.textContent = button.dataset.aloudStop;
    button.setAttribute("aria-pressed", "true");
  });
  window.addEventListener("pagehide", () => speech.cancel());
}
