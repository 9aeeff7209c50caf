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

/** What is on a canvas, as an image of bytes. */
export function bytesOf(canvas, [height, width, channels]) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  const bytes = new Uint8ClampedArray(width * height * channels);
  for (let k = 0; k < width * height; k++) {
    const [red, green, blue] = data.subarray(4 * k, 4 * k + 3);
    if (channels === 3) bytes.set([red, green, blue], 3 * k);
    else bytes[k] = 0.299 * red + 0.587 * green + 0.114 * blue; // Pillow's "L"
  }
  return bytes;
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
