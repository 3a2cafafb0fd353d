import { readFileSync } from "node:fs";
import { interopSecretKeys } from "@lodestar/state-transition";
import { fromHex, toHex } from "@lodestar/utils";
import type { Clock } from "../../../services/ports/clock.ts";
import { startApiServer } from "./api/server.ts";
import { AttestationPool } from "./attestationPool.ts";
import { Chain } from "./chain.ts";
import { devnetConfig } from "./config.ts";
import { EngineClient } from "./engine.ts";
import { createChainEvents } from "./events.ts";
import { createGenesisState } from "./genesis.ts";
import { InteropValidators } from "./interop.ts";
import { OperationPool } from "./operationPool.ts";
import { PayloadBuilder } from "./payloadBuilder.ts";
import { ProposerSettings } from "./proposerSettings.ts";
import type { BeaconMessage, BeaconNodeOptions } from "./protocol.ts";
import { Reception } from "./reception.ts";
import { Slasher } from "./slasher.ts";
import { SlotClock } from "./slotClock.ts";
import { runSlots } from "./slotLoop.ts";
import { SyncCommitteePool } from "./syncCommitteePool.ts";

/** Time to load and listen before the first slot. */
const GENESIS_DELAY_SECONDS = 2;
/** Takes the interop validators' fees; nobody has its key. */
const INTEROP_ADDRESS = fromHex("0x1070900000000000000000000000000000000001");

/** Wires one beacon node and runs it until the signal. */
export async function runBeaconNode(
  options: BeaconNodeOptions,
  clock: Clock,
  send: (message: BeaconMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const engine = new EngineClient(options.engineUrl, readFileSync(options.jwtSecretFile, "utf8"), clock);
  const executionGenesis = await engine.genesisBlock();
  const secretKeys = interopSecretKeys(options.interopValidators);
  const genesisTime = Math.ceil(clock.nowMs() / 1000) + GENESIS_DELAY_SECONDS;
  const { config, state } = createGenesisState({
    config: devnetConfig(options),
    genesisTime,
    executionBlockHash: executionGenesis.hash,
    secretKeys,
    // Compounding, so that exits, partial withdrawals and consolidations can be tried without waiting for a deposit.
    withdrawalCredentials: Uint8Array.of(0x02, ...new Uint8Array(11), ...fromHex(options.interopOwner)),
  });

  const events = createChainEvents();
  const slotClock = new SlotClock(clock, genesisTime, config.SLOT_DURATION_MS);
  const chain = new Chain({ config, genesisState: state, engine, slotClock, events });
  const operations = new OperationPool();
  const attestations = new AttestationPool();
  const syncCommittee = new SyncCommitteePool(chain);
  const reception = new Reception({
    chain,
    attestations,
    operations,
    events,
    slasher: new Slasher(operations, events),
  });
  const proposers = new ProposerSettings(INTEROP_ADDRESS);
  const payloads = new PayloadBuilder(chain, engine);
  const production = { chain, payloads, attestations, syncCommittee, operations, proposers };

  events.on("warning", (line) => send({ kind: "log", line }));
  events.on("block", ({ block, state }) => {
    attestations.markIncluded(state, block.signedBlock.message.body.attestations);
    attestations.prune(state.epochCtx.epoch);
  });

  const api = await startApiServer({ ...production, engine, reception, events, signal });
  const { port } = api;
  send({
    kind: "ready",
    port,
    genesisTime,
    genesisForkVersion: toHex(config.GENESIS_FORK_VERSION),
    genesisValidatorsRoot: toHex(config.genesisValidatorsRoot),
  });
  const interop = new InteropValidators(chain, secretKeys);
  await runSlots({ ...production, reception, interop, events, send, signal });
  await api.close();
}
