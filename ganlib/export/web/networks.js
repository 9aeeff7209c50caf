/** Both networks, as the page asks them: they run in a worker, and every answer is a promise. */

export class Networks {
  constructor(workerSource, told, numbers) {
    this.waiting = new Map();
    this.asked = 0;
    const address = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.worker.onmessage = ({ data }) => this.answer(data);
    this.worker.onerror = (event) => this.fail(event.message || "the worker could not be started");
    this.ready = this.ask("start", { told, numbers });
  }

  ask(task, given) {
    const id = (this.asked += 1);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, task, given });
    });
  }

  answer({ id, result, error }) {
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(error));
    else resolve(result);
  }

  fail(words) {
    for (const { reject } of this.waiting.values()) reject(new Error(words));
    this.waiting.clear();
  }
}

/**
 * Only the newest wish counts: while one is worked on, a newer one waits, and takes the place of any
 * that waited before it.
 * @param {(wish: any) => Promise<void>} work
 */
export function newestOf(work) {
  let [busy, next] = [false, null];
  return async function wish(given) {
    next = { given };
    if (busy) return;
    busy = true;
    try {
      while (next) {
        const { given: now } = next;
        next = null;
        await work(now);
      }
    } finally {
      busy = false;
    }
  };
}
