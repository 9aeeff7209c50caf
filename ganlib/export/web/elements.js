/** Small helpers for the page. */

/** An element with attributes, event listeners (`onclick`, …) and children. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

let made = 0;
/** An id that no other element of the page has. */
export const freshId = () => `ganlib-${(made += 1)}`;

/** A letter that stands for an image, in that image's colour. */
export const badge = (letter) => element("b", { class: `badge ${letter.toLowerCase()}` }, letter);

/** A button that copies a link; where the browser refuses, it says where the link is. */
export function copyButton(words, linkOf) {
  const button = element("button", { type: "button", onclick: copy }, words);
  async function copy() {
    try {
      await navigator.clipboard.writeText(linkOf());
      button.textContent = "copied";
    } catch {
      button.textContent = "the address of this page is the link";
    }
    setTimeout(() => (button.textContent = words), 2000);
  }
  return button;
}

/** A canvas's context, sized for the screen's pixels; coordinates are the page's. */
export function sharpContext(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) [canvas.width, canvas.height] = [across, down];
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** The colour that the style sheet gives a name, such as "real". */
export const colour = (within, name) => getComputedStyle(within).getPropertyValue(`--${name}`).trim();

/** A number in three digits or so. */
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 1e4) return value.toExponential(0);
  if (Number.isInteger(value)) return String(value);
  if (Math.abs(value) < 0.01) return String(Number(value.toPrecision(2)));
  return value.toFixed(Math.abs(value) < 1 ? 3 : 2);
}
