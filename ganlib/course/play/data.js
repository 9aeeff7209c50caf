/** The data: shapes in the plane within [-1.5, 1.5] on both axes. */

export const EXTENT = 1.6; // half the side of the square that is shown

const range = (n, place) => Array.from({ length: n }, (_, k) => place(k));
const onCircle = (angle, radius) => [radius * Math.cos(angle), radius * Math.sin(angle)];

/**
 * Each shape: `centres` of its modes; `draw`, a point; `radius`, within which a point belongs to a
 * mode. Of curves, which have no modes, the centres are those of pieces of equal length.
 */
function heaps(centres, deviation) {
  const draw = (random) => {
    const [x, y] = centres[random.below(centres.length)];
    return [x + deviation * random.normal(), y + deviation * random.normal()];
  };
  return { centres, draw, radius: 3 * deviation, unit: "modes" };
}

function curve(place, pieces, width = 0.03) {
  const centres = range(pieces, (k) => place((k + 0.5) / pieces));
  const ends = range(pieces, (k) => place(k / pieces));
  const reach = centres.map(([x, y], k) => Math.hypot(x - ends[k][0], y - ends[k][1]));
  const draw = (random) => {
    const [x, y] = place(random.uniform());
    return [x + width * random.normal(), y + width * random.normal()];
  };
  return { centres, draw, radius: Math.max(...reach) + 2 * width, unit: "pieces" };
}

/** The upper moon, then the lower one. */
function moon(share) {
  const angle = 2 * Math.PI * (share % 0.5);
  const [x, y] = onCircle(angle, 0.8);
  return share < 0.5 ? [x - 0.4, y - 0.2] : [0.4 - x, 0.2 - y];
}

/** An Archimedean spiral of a turn and a half, at equal speed along it. */
const spiral = (share) => {
  const angle = 3 * Math.PI * Math.sqrt(0.03 + 0.97 * share);
  return onCircle(angle, (1.3 * angle) / (3 * Math.PI));
};

/** Of points, so many that lie far from each other (Gonzalez 1985). */
function spread(points, count) {
  const chosen = [points[0]];
  const away = (p) => Math.min(...chosen.map((c) => Math.hypot(p[0] - c[0], p[1] - c[1])));
  while (chosen.length < count) {
    const [far, best] = points.reduce(
      ([most, kept], p) => (away(p) > most ? [away(p), p] : [most, kept]), [0, null]);
    if (far < 0.25) break;
    chosen.push(best);
  }
  return chosen;
}

/** What the reader drew: points [x, y]. Until something is drawn, a heap in the middle. */
export function drawn(points) {
  if (!points.length) return heaps([[0, 0]], 0.1);
  const width = 0.03;
  const draw = (random) => {
    const [x, y] = points[random.below(points.length)];
    return [x + width * random.normal(), y + width * random.normal()];
  };
  return { centres: spread(points, 12), draw, radius: 0.25, unit: "pieces" };
}

export const SHAPES = {
  ring: heaps(range(8, (k) => onCircle((2 * Math.PI * k) / 8, 1)), 0.05),
  grid: heaps(range(25, (k) => [0.6 * ((k % 5) - 2), 0.6 * (Math.floor(k / 5) - 2)]), 0.04),
  moons: curve(moon, 8, 0.05),
  line: curve((share) => [2.4 * (share - 0.5), 1.2 * (share - 0.5)], 8),
  spiral: curve(spiral, 10),
  heap: heaps([[1.1, 1.1]], 0.08),
  point: { centres: [[0, 0]], draw: () => [0, 0], radius: 0.1, unit: "modes" },
};

/** So many points of a shape, as a flat array. */
export function sample(shape, count, random) {
  const points = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) points.set(shape.draw(random), 2 * k);
  return points;
}
