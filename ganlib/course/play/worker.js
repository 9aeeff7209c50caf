/** The worker: the game is played here, so that the page stays free. */

import { Player } from "./player.js";

const player = new Player((frame) => self.postMessage(frame));
self.onmessage = ({ data }) => {
  try {
    player.hear(data);
  } catch (error) {
    player.playing = false;
    self.postMessage({ error: error.message });
  }
};
