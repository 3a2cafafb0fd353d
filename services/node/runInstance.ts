import { describeError } from "../logging/describeError.ts";
import { type ChainSpec, isSupportedFork } from "./chainSpec.ts";
import type { ConsensusService } from "./consensus/service.ts";
import { ConsensusError, type Decision, type InstanceCallbacks } from "./consensus/types.ts";
import { type Duty, pubkeysOf } from "./dutyTypes.ts";
import type { Tracker } from "./tracker/tracker.ts";

export interface RunInstancePorts {
  consensus: Pick<ConsensusService, "run">;
  spec: ChainSpec;
  tracker: Tracker;
}

export interface InstanceRun extends Pick<InstanceCallbacks, "proposeValue" | "validateValue"> {
  startMs: number;
  expiresAtMs: number;
  /** A decision that this node's own checks accept, and which it may therefore sign. */
  onAccepted: (decision: Decision) => void;
}

/** Runs the consensus instance of a duty and tells the tracker how it went. */
export function runInstance(duty: Duty, { consensus, spec, tracker }: RunInstancePorts, run: InstanceRun): void {
  const { instance } = duty;
  tracker.schedule(instance, pubkeysOf(duty).length, run.expiresAtMs);
  if (!isSupportedFork(instance.slot, spec)) {
    tracker.fail(instance, "unsupported_fork");
    return;
  }
  try {
    consensus.run(instance, {
      startMs: run.startMs,
      expiresAtMs: run.expiresAtMs,
      callbacks: {
        async proposeValue(round, excluded) {
          try {
            return await run.proposeValue(round, excluded);
          } catch (error) {
            tracker.problem(instance, "fetch_failed", describeError(error));
            throw error;
          }
        },
        validateValue: run.validateValue,
        onDecided(decision, verdict) {
          tracker.step(instance, "decided");
          if (!verdict.ok) {
            tracker.problem(instance, "guard_refused", verdict.reason);
            return;
          }
          try {
            run.onAccepted(decision);
          } catch (error) {
            // A lock database that can't be written (a full disk) must not end a process that still follows the chain.
            tracker.fail(instance, "locked", describeError(error));
          }
        },
        onExpired: () => tracker.fail(instance, "no_consensus"),
      },
    });
    tracker.step(instance, "started");
  } catch (error) {
    if (!(error instanceof ConsensusError)) throw error;
    tracker.fail(instance, "not_started", error.code);
  }
}
