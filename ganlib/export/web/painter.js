/** Images on canvases, and as files. */

/** Puts an image of bytes, grey or in colour, on a canvas of its own size. */
export function paint(canvas, bytes, [height, width, channels]) {
  [canvas.width, canvas.height] = [width, height];
  const pixels = new ImageData(width, height);
  for (let k = 0; k < width * height; k++) {
    for (let c = 0; c < 3; c++) pixels.data[4 * k + c] = bytes[k * channels + (channels === 3 ? c : 0)];
    pixels.data[4 * k + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

const grey = (red, green, blue) => 0.299 * red + 0.587 * green + 0.114 * blue; // Pillow's "L"

/** What is on a canvas, as an image of bytes. */
export function bytesOf(canvas, [height, width, channels]) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const bytes = new Uint8ClampedArray(width * height * channels);
  for (let k = 0; k < width * height; k++) {
    const [red, green, blue] = data.subarray(4 * k, 4 * k + 3);
    if (channels === 3) bytes.set([red, green, blue], 3 * k);
    else bytes[k] = grey(red, green, blue);
  }
  return bytes;
}

/** Whether an image shows nothing: every number is the same. */
export const plain = (bytes) => bytes.every((level) => level === bytes[0]);

/** How bright the outermost pixels are, from 0 to 255. */
export function borderBrightness({ data, width, height }) {
  let [sum, count] = [0, 0];
  for (let k = 0; k < width * height; k++) {
    const [x, y] = [k % width, Math.floor(k / width)];
    if (x > 0 && x < width - 1 && y > 0 && y < height - 1) continue;
    sum += grey(...data.subarray(4 * k, 4 * k + 3));
    count += 1;
  }
  return sum / count;
}

/** One canvas of many: rows of canvases, side by side, each pixel `scale` times. */
export function joinedCanvas(rows, scale, gap = 2) {
  const { width, height } = rows[0][0];
  const made = document.createElement("canvas");
  made.width = rows[0].length * (width * scale + gap) - gap;
  made.height = rows.length * (height * scale + gap) - gap;
  const context = made.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.fillStyle = "white";
  context.fillRect(0, 0, made.width, made.height);
  rows.forEach((row, y) => row.forEach((canvas, x) => context.drawImage(
    canvas, x * (width * scale + gap), y * (height * scale + gap), width * scale, height * scale,
  )));
  return made;
}

const FONT = "15px sans-serif";
const LINE = 24; // pixels of the line below a labelled picture

/** The picture with a word before each of its rows and a line below them. */
export function labelled(picture, heads, foot) {
  const made = document.createElement("canvas");
  const context = made.getContext("2d");
  context.font = FONT;
  const left = Math.ceil(Math.max(0, ...heads.map((head) => head && context.measureText(head).width + 10)));
  [made.width, made.height] = [left + picture.width, picture.height + LINE];
  context.fillStyle = "white";
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(picture, left, 0);
  Object.assign(context, { font: FONT, fillStyle: "black", textBaseline: "middle" });
  heads.forEach((head, row) => context.fillText(head, 4, ((row + 0.5) * picture.height) / heads.length));
  context.fillText(foot, 4, picture.height + LINE / 2, made.width - 8);
  return made;
}

/** Hands a canvas to the reader as a PNG file. */
export function savePng(canvas, name) {
  canvas.toBlob((blob) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}
