/** Where nobody sees the page, frames do not come. */
const hiddenMs = 500;

/** Calls back once for any number of requests: with the next frame, or soon where the page is hidden. */
export class Frames {
  readonly #draw: () => void;
  #isAsked = false;

  constructor(draw: () => void) {
    this.#draw = draw;
  }

  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    const draw = (): void => {
      if (!this.#isAsked) return;
      this.#isAsked = false;
      this.#draw();
    };
    requestAnimationFrame(draw);
    if (document.hidden) setTimeout(draw, hiddenMs);
  }
}
