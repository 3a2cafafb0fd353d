import { Rejection } from "../errors.ts";

/** The Beacon API's IndexedErrorMessage: some items of a list were refused, the others were taken. */
export class PartialFailure extends Error {
  readonly failures: { index: number; message: string }[];

  constructor(failures: { index: number; message: string }[]) {
    super("some failures");
    this.name = "PartialFailure";
    this.failures = failures;
  }
}

/** Takes each item by itself. @throws PartialFailure naming those that were refused */
export function takeEach<T>(items: T[], take: (item: T) => void): void {
  const failures: { index: number; message: string }[] = [];
  items.forEach((item, index) => {
    try {
      take(item);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      failures.push({ index, message: error.message });
    }
  });
  if (failures.length > 0) throw new PartialFailure(failures);
}
