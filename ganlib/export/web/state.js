/** What the page shows, in an object and in the address after "#": a link brings it back. */

export const COLUMNS = 10;
export const ROWS = 10;
export const NO_TRUNCATION = 3;

const FIRST = {
  seed: 0, truncation: NO_TRUNCATION, first: 0, a: [0, 0], b: [ROWS - 1, COLUMNS - 1], between: 0.5, mix: 0.5,
};

/** How many rows there are: one a class, or ten. */
const rowsOf = (told) => told.class_names.length || ROWS;

/** What the page shows at first. */
export function firstState(told) {
  const last = Math.min(rowsOf(told), ROWS) - 1;
  return { ...FIRST, b: [last, COLUMNS - 1] };
}

const RANGES = {
  seed: [0, 999999, true], truncation: [0.1, NO_TRUNCATION, false],
  between: [0, 1, false], mix: [0, 1, false],
};

function readNumber(text, [least, most, whole]) {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
    throw new RangeError(`expected a ${whole ? "whole " : ""}number from ${least} to ${most}`);
  }
  return value;
}

function readCell(text, rows) {
  const parts = text.split(".");
  if (parts.length !== 2) throw new RangeError("expected row.column, such as 4.7");
  const [row, column] = parts;
  return [readNumber(row, [0, rows - 1, true]), readNumber(column, [0, COLUMNS - 1, true])];
}

/**
 * The state that an address names; what it does not name is as at first.
 * @returns {{state: object, problems: string[]}} problems: what could not be read, in words
 */
export function fromAddress(fragment, told) {
  const state = firstState(told);
  const rows = rowsOf(told);
  const problems = [];
  for (const [name, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    try {
      if (name in RANGES) state[name] = readNumber(text, RANGES[name]);
      else if (name === "a" || name === "b") state[name] = readCell(text, rows);
      else if (name === "first") state.first = readNumber(text, [0, rows - 1, true]);
      else throw new RangeError(`unknown; there are ${Object.keys(FIRST).join(", ")}`);
    } catch (error) {
      problems.push(`${name}=${text}: ${error.message}`);
    }
  }
  return { state, problems };
}

/** The fragment, with its "#", of what differs from the first state; empty where nothing does. */
export function toAddress(state, told) {
  const first = firstState(told);
  const parts = new URLSearchParams();
  for (const name of Object.keys(FIRST)) {
    const [text, usual] = [state, first].map((each) => [each[name]].flat().join("."));
    if (text !== usual) parts.set(name, text);
  }
  return parts.size ? `#${parts}` : "";
}
