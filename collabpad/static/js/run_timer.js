const TICK_MS = 100;

/** How long a program has been running, not counting the time it waits for input. */
export class RunTimer {
  #draw;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticker;
  /** By this page's clock; waiting for input moves it forward. */
  #startedAt = 0;
  #pausedAt = 0;

  /** @param {(seconds: number) => void} draw */
  constructor(draw) {
    this.#draw = draw;
  }

  /** @param {number} startedAt  ms */
  start(startedAt) {
    this.#startedAt = startedAt;
    this.#pausedAt = 0;
    this.#run();
  }

  pause() {
    this.stop();
    this.#pausedAt = Date.now();
  }

  resume() {
    if (this.#pausedAt) this.#startedAt += Date.now() - this.#pausedAt;
    this.#pausedAt = 0;
    this.#run();
  }

  stop() {
    clearInterval(this.#ticker);
  }

  #run() {
    this.stop();
    const tick = () => this.#draw(Math.max(0, Date.now() - this.#startedAt) / 1000);
    this.#ticker = setInterval(tick, TICK_MS);
    tick();
  }
}
