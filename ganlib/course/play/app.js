/** The page of the game: what the worker tells is drawn, what the reader does is told to the worker. */

import { Curves } from "./curves.js";
import { Drawing } from "./drawing.js";
import { copyButton, element } from "../../export/web/elements.js";
import { glossary } from "./glossary.js";
import { Menu } from "./menu.js";
import { Numbers } from "./numbers.js";
import { Panel } from "./panel.js";
import { PRESETS } from "./presets.js";
import { complete, fromAddress, toAddress } from "./settings.js";
import { Stage } from "./stage.js";
import { Transport } from "./transport.js";

const ROOMY = 1000; // pixels, as in play.css

/**
 * Puts a game into an element.
 * @param {HTMLElement} root
 * @param {string} workerSource the worker's code
 * @param {object} options
 * @param {string=} options.preset a game to begin with
 * @param {object=} options.settings those that differ from it, or from the first values
 * @param {() => string=} options.linkOf gives a link to the game as it is set
 * @param {(settings: object) => void=} options.onSettings hears of every change
 * @param {(report: object) => void=} options.onReport hears what was measured, a few times a second
 * @returns {{set: (settings: object) => void, close: () => void}}
 */
export function mount(root, workerSource, { preset = "", settings = {}, linkOf, onSettings, onReport } = {}) {
  const app = new App(workerSource, { onSettings, onReport });
  if (linkOf) app.transport.root.append(copyButton("copy the link", linkOf));
  root.replaceChildren(app.root);
  app.menu.show(preset);
  app.begin({ ...PRESETS[preset]?.settings, ...settings });
  return { set: (given) => app.begin(given), close: () => app.close() };
}

class App {
  constructor(workerSource, { onSettings, onReport }) {
    this.tell = { settings: onSettings ?? (() => {}), report: onReport ?? (() => {}) };
    this.alert = element("p", { role: "alert", class: "alert" });
    this.stage = new Stage();
    this.curves = new Curves();
    this.numbers = new Numbers();
    this.transport = new Transport((message) => this.send(message));
    this.panel = new Panel((changed) => this.change(changed));
    this.menu = new Menu((name) => this.choosePreset(name));
    this.drawing = new Drawing(this.stage, (points) => this.change({ points }));
    this.root = this.layOut();
    this.startWorker(workerSource);
    this.pending = null; // the frame that is drawn next
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root);
  }

  layOut() {
    const column = (...all) => element("div", {}, ...all.map(({ root }) => root));
    this.folded = element("details", { class: "settings" },
      element("summary", {}, "settings"), this.panel.root);
    const parts = [column(this.menu, this.transport, this.stage), column(this.numbers, this.curves)];
    return element("div", { class: "ganlib-play" },
      this.alert, element("div", { class: "columns" }, ...parts, this.folded), glossary());
  }

  /** Where there is room the settings are open at first. */
  fit() {
    const { clientWidth: width } = this.root;
    if (!this.fitted && width) [this.fitted, this.folded.open] = [true, width >= ROOMY];
    this.draw();
  }

  startWorker(source) {
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    try {
      this.worker = new Worker(address);
    } catch (error) {
      this.fail(`This page may not start a worker, in which the game is played: ${error.message}`);
      return;
    }
    this.address = address;
    this.worker.onmessage = ({ data }) => (data.error ? this.fail(data.error) : this.take(data));
    this.worker.onerror = (event) => this.fail(event.message || "the worker could not be started");
  }

  fail(words) {
    this.alert.textContent = words;
    this.transport.stopped();
  }

  send(message) {
    if (message.do === "restart") this.alert.textContent = "";
    this.worker?.postMessage(message);
  }

  /** The first settings, or in their place the words that say what is wrong with them. */
  begin(given) {
    try {
      this.set(given);
    } catch (error) {
      this.set({});
      this.fail(error.message);
    }
  }

  /** Settings in place of all others. */
  set(given) {
    this.settings = complete(given);
    this.panel.show(this.settings);
    this.drawing.show(this.settings);
    this.send({ do: "settings", settings: this.settings });
  }

  /** Some settings in place of what they were. */
  change(changed) {
    this.alert.textContent = "";
    this.set({ ...this.settings, ...changed });
    this.tell.settings(this.settings);
  }

  choosePreset(name) {
    const { settings, pace = "fast", trail = false } = PRESETS[name];
    this.alert.textContent = "";
    this.set(settings);
    this.tell.settings(this.settings);
    this.stage.boxes.trail.checked = trail;
    this.send({ do: "restart" });
    this.transport.start(pace);
  }

  /** A frame arrived: it is drawn when the screen is next painted, and the worker may go on. */
  take(frame) {
    if (this.pending === null) requestAnimationFrame(() => this.paint());
    const restarted = frame.restarted || Boolean(this.pending?.restarted);
    this.pending = { ...frame, restarted };
  }

  paint() {
    const frame = this.pending;
    this.pending = null;
    this.send({ do: "seen" });
    if (frame.restarted) this.curves.clear();
    this.shown = frame;
    if (frame.measures) {
      this.curves.add(frame.measures);
      this.numbers.show(frame.measures);
      this.tell.report({ ...frame.measures, settings: this.settings, changes: frame.changes });
    }
    this.draw();
  }

  draw() {
    if (!this.shown) return;
    this.stage.draw(this.shown, this.drawing.pen);
    this.curves.draw();
  }

  close() {
    this.resized.disconnect();
    this.worker?.terminate();
    if (this.address) URL.revokeObjectURL(this.address);
    this.root.remove();
  }
}

/** The whole page: settings come from its address, and go back there. */
export function startPage(root, workerSource) {
  const onSettings = (now) => history.replaceState(null, "", `#${toAddress(now)}`);
  const settings = fromAddress(location.hash.slice(1));
  const app = mount(root, workerSource, { settings, linkOf: () => location.href, onSettings });
  addEventListener("hashchange", () => app.set(fromAddress(location.hash.slice(1))));
  return app;
}

/** For a notebook: an anywidget whose model holds `settings` and, in return, `report`. */
export const widgetOf = (workerSource) => ({
  render({ model, el }) {
    let own = false; // whether the change of the settings is the reader's
    const app = mount(el, workerSource, {
      preset: model.get("preset"),
      settings: model.get("settings"),
      onSettings(settings) {
        own = true;
        model.set("settings", settings);
        model.save_changes();
        own = false;
      },
      onReport(report) {
        model.set("report", report);
        model.save_changes();
      },
    });
    const follow = () => own || app.set(model.get("settings"));
    model.on("change:settings", follow);
    return () => {
      model.off("change:settings", follow);
      app.close();
    };
  },
});
