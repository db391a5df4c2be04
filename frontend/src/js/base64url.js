/** Bytes of a base64url text without padding. */
export function bytes(plain) {
  const padded = plain.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(plain.length / 4) * 4, "=");
  return Uint8Array.from(window.atob(padded), (sign) => sign.charCodeAt(0));
}

/** The base64url text of a buffer, without padding. */
export function text(buffer) {
  const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return window.btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
