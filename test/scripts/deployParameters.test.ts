import "../support/preset.ts";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { genesisData, hoodiChainConfig, mainnetChainConfig } from "@lodestar/config/networks";
import { mainnetPreset } from "@lodestar/params/presets/mainnet";
import { minimalPreset } from "@lodestar/params/presets/minimal";
import { toHex } from "@lodestar/utils";
import { getAddress } from "ethers";
import { parseParameters, withRoles } from "../../scripts/deploy/parameters.ts";
import { devnetConfig } from "../../scripts/devnet/beacon/config.ts";
import { DEPOSIT_CONTRACT_ADDRESS } from "../../scripts/devnet/execution/genesis.ts";

const SOMEBODY = `0x${"11".repeat(20)}`;

function parametersOf(network: string) {
  const file = new URL(`../../scripts/deploy/parameters/${network}.json`, import.meta.url);
  return parseParameters(JSON.parse(readFileSync(file, "utf8")));
}

const devnet = devnetConfig({
  chainId: 7_357_001,
  secondsPerSlot: 2,
  interopValidators: 16,
  interopOwner: SOMEBODY,
  engineUrl: "",
  jwtSecretFile: "",
  depositContract: DEPOSIT_CONTRACT_ADDRESS,
});

const NETWORKS = {
  mainnet: { chain: mainnetChainConfig, preset: mainnetPreset, genesisTime: genesisData.mainnet.genesisTime },
  hoodi: { chain: hoodiChainConfig, preset: mainnetPreset, genesisTime: genesisData.hoodi.genesisTime },
  devnet: { chain: devnet, preset: minimalPreset, genesisTime: undefined },
};

describe("parameters of a deployment", () => {
  for (const [network, { chain, preset, genesisTime }] of Object.entries(NETWORKS)) {
    it(`are those of the chain's own configuration: ${network}`, () => {
      const parameters = parametersOf(network);
      assert.equal(parameters.depositContract, getAddress(toHex(chain.DEPOSIT_CONTRACT_ADDRESS)));
      assert.equal(parameters.genesisForkVersion, toHex(chain.GENESIS_FORK_VERSION));
      assert.equal(parameters.secondsPerSlot * 1000, chain.SLOT_DURATION_MS);
      assert.equal(parameters.slotsPerEpoch, preset.SLOTS_PER_EPOCH);
      assert.equal(parameters.shardCommitteePeriod, chain.SHARD_COMMITTEE_PERIOD);
      assert.equal(parameters.epochsPerSlashingsVector, preset.EPOCHS_PER_SLASHINGS_VECTOR);
      assert.equal(parameters.minValidatorWithdrawabilityDelay, chain.MIN_VALIDATOR_WITHDRAWABILITY_DELAY);
      assert.equal(parameters.gloasForkEpoch ?? Number.POSITIVE_INFINITY, chain.GLOAS_FORK_EPOCH);
      // A devnet's genesis is when it was started.
      if (genesisTime !== undefined) assert.equal(parameters.genesisTime, genesisTime);
    });
  }

  it("let the voters govern on public chains, with days of 86,400 seconds and a guardian that is named", () => {
    for (const [network, chainId] of [["mainnet", 1] as const, ["hoodi", 560_048] as const]) {
      const parameters = parametersOf(network);
      assert.equal(parameters.daySeconds, 86_400);
      assert.equal(parameters.requestLifetimeSeconds, 6 * 3_600);
      assert.throws(() => withRoles(parameters, chainId, SOMEBODY), /name the guardian/);
      const roles = withRoles({ ...parameters, guardian: SOMEBODY }, chainId, SOMEBODY);
      assert.equal(roles.governance, "timelock");
    }
  });
});
