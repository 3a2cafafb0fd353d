/** Undoes the steps of a start in reverse order, each whatever happened to the one before it. */
export class Cleanup {
  private readonly steps: Array<() => Promise<unknown>> = [];

  add(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) {
      await step().catch((error: unknown) => console.error(`clean-up: ${String(error)}`));
    }
  }
}
