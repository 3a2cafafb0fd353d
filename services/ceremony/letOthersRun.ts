/** Yields to the event loop: a batch takes seconds of arithmetic, and a node has duties to attend to meanwhile. */
export const letOthersRun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
