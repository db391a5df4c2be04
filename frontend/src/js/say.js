/** Say one sentence through the polite live region of the page. */
export function say(sentence) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  window.setTimeout(() => {
    live.textContent = sentence;
  }, 50);
}
