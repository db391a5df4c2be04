// Single-key shortcuts: / search, g d desk, j k rows, . the row's action, p purpose, ? the list of keys.
// The choice to switch them off is kept in a cookie that holds nothing but that choice.
const SECURE = window.location.protocol === "https:";
const COOKIE = SECURE ? "__Host-guitu_keys" : "guitu_keys";
const A_YEAR_IN_SECONDS = 31_536_000;

function switchedOff() {
  return document.body.dataset.keys === "off" || document.cookie.split("; ").includes(`${COOKIE}=off`);
}

function keep(on) {
  document.cookie = `${COOKIE}=${on ? "on" : "off"}; path=/; max-age=${A_YEAR_IN_SECONDS}; samesite=lax${SECURE ? "; secure" : ""}`;
  document.body.dataset.keys = on ? "on" : "off";
}

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function rows() {
  return Array.from(document.querySelectorAll("[data-row]"));
}

function currentRow() {
  return document.activeElement ? document.activeElement.closest("[data-row]") : null;
}

function goToRow(step) {
  const all = rows();
  if (all.length === 0) return;
  const current = currentRow();
  const index = current ? all.indexOf(current) + step : step > 0 ? 0 : all.length - 1;
  const row = all[Math.min(Math.max(index, 0), all.length - 1)];
  const link = row.querySelector("a, button");
  if (link) link.focus();
}

function press(selector, root = document) {
  const target = root.querySelector(selector);
  if (target) target.click();
}

function showKeys() {
  const keys = document.getElementById("keys");
  if (!keys) return;
  keys.open = true;
  keys.querySelector("summary").focus();
}

const actions = {
  "/": () => document.getElementById("q")?.focus(),
  j: () => goToRow(1),
  k: () => goToRow(-1),
  ".": () => {
    const row = currentRow();
    if (row) press("[data-row-action]", row);
  },
  p: () => press("[data-key-purpose]"),
  "?": showKeys,
};

export function startKeys(page) {
  let afterG = false;
  const toggle = page.querySelector("[data-keys-switch]");
  if (toggle) {
    toggle.checked = !switchedOff();
    toggle.closest("label").hidden = false;
    toggle.addEventListener("change", () => keep(toggle.checked));
  }
  page.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || switchedOff()) return;
    if (afterG) {
      afterG = false;
      if (event.key === "d") {
        event.preventDefault();
        press("[data-key-desk]");
        return;
      }
    }
    if (event.key === "g") {
      afterG = true;
      return;
    }
    const action = actions[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
