// Reads what happened from the beacon chain alone: blocks and post-states, never what nodes say of themselves.
// Everything goes through the standard Beacon API (ethereum/beacon-APIs), so it works against any beacon node.
import { type JsonRpcProvider, toQuantity } from "ethers";
import { z } from "zod";

const decimal = z.string().regex(/^\d+$/).transform(Number);
const hex = z.string().regex(/^0x[0-9a-f]*$/i);

const attestation = z.object({
  aggregation_bits: hex,
  committee_bits: hex,
  data: z.object({ slot: decimal }),
});
const block = z.object({
  data: z.object({
    message: z.object({
      slot: decimal,
      proposer_index: decimal,
      body: z.object({
        attestations: z.array(attestation),
        proposer_slashings: z.array(z.unknown()),
        attester_slashings: z.array(z.unknown()),
      }),
    }),
  }),
});
const committees = z.object({
  data: z.array(z.object({ index: decimal, slot: decimal, validators: z.array(decimal) })),
});
const stateWithParticipation = z.object({
  data: z.object({ previous_epoch_participation: z.array(decimal) }),
});
const validatorEntry = z.object({
  index: decimal,
  balance: z.string(),
  status: z.string(),
  validator: z.object({ activation_epoch: z.string(), slashed: z.boolean(), withdrawal_credentials: hex }),
});

const headerAnswer = z.object({
  data: z.object({ header: z.object({ message: z.object({ slot: decimal, state_root: hex }) }) }),
});
const executionBlock = z.object({ withdrawals: z.array(z.object({ address: hex, amount: hex })).default([]) });

type Block = z.infer<typeof block>["data"]["message"];
export type ValidatorEntry = z.infer<typeof validatorEntry>;

export interface DutyFigures {
  due: number;
  included: number;
  timelyTarget: number;
  timelyHead: number;
}

// Participation flag indices of the Altair beacon chain spec.
const TIMELY_TARGET_FLAG = 1 << 1;
const TIMELY_HEAD_FLAG = 1 << 2;

function bit(bytes: string, index: number): boolean {
  const byte = Number.parseInt(bytes.slice(2 + 2 * (index >> 3), 4 + 2 * (index >> 3)), 16);
  return ((byte >> (index & 7)) & 1) === 1;
}

export interface ChainTiming {
  genesisTime: number;
  secondsPerSlot: number;
  slotsPerEpoch: number;
}

export class Observer {
  readonly timing: ChainTiming;
  private readonly url: string;
  private withdrawalsSeenTo = 0;

  constructor(beaconUrl: string, timing: ChainTiming) {
    this.url = beaconUrl;
    this.timing = timing;
  }

  slotNow(): number {
    return Math.floor((Date.now() / 1000 - this.timing.genesisTime) / this.timing.secondsPerSlot);
  }

  epochNow(): number {
    return Math.floor(this.slotNow() / this.timing.slotsPerEpoch);
  }

  secondsUntilEpoch(epoch: number): number {
    const { genesisTime, secondsPerSlot, slotsPerEpoch } = this.timing;
    return genesisTime + epoch * slotsPerEpoch * secondsPerSlot - Date.now() / 1000;
  }

  async validator(pubkey: string): Promise<ValidatorEntry | undefined> {
    const found = await this.get(`/eth/v1/beacon/states/head/validators/${pubkey}`, z.object({ data: validatorEntry }));
    return found?.data;
  }

  async finalizedEpoch(): Promise<number> {
    const schema = z.object({ data: z.object({ finalized: z.object({ epoch: decimal }) }) });
    const found = await this.get("/eth/v1/beacon/states/head/finality_checkpoints", schema);
    return found?.data.finalized.epoch ?? 0;
  }

  /** Sums the attestation duties of one validator over whole epochs; the epoch after the last one must have ended. */
  async duties(validatorIndex: number, fromEpoch: number, toEpoch: number): Promise<DutyFigures> {
    const total: DutyFigures = { due: 0, included: 0, timelyTarget: 0, timelyHead: 0 };
    for (let epoch = fromEpoch; epoch <= toEpoch; epoch++) {
      const figures = await this.dutyOfEpoch(validatorIndex, epoch);
      total.due += figures.due;
      total.included += figures.included;
      total.timelyTarget += figures.timelyTarget;
      total.timelyHead += figures.timelyHead;
    }
    return total;
  }

  /** Slots of an epoch in which the validator is to propose; to be asked while the epoch lasts. */
  async proposalsDue(validatorIndex: number, epoch: number): Promise<number> {
    const schema = z.object({ data: z.array(z.object({ validator_index: decimal })) });
    const duties = await this.get(`/eth/v1/validator/duties/proposer/${epoch}`, schema);
    return duties?.data.filter(({ validator_index }) => validator_index === validatorIndex).length ?? 0;
  }

  /** Blocks of whole epochs that are on the chain and were proposed by the validator. */
  async proposals(validatorIndex: number, fromEpoch: number, toEpoch: number): Promise<number> {
    const { slotsPerEpoch } = this.timing;
    const blocks = await this.blocks(fromEpoch * slotsPerEpoch, (toEpoch + 1) * slotsPerEpoch - 1);
    return blocks.filter(({ proposer_index }) => proposer_index === validatorIndex).length;
  }

  /** Slashed validators in the head state and slashing operations in the chain's blocks up to now. */
  async slashings(): Promise<number> {
    const schema = z.object({ data: z.array(validatorEntry) });
    const validators = await this.get("/eth/v1/beacon/states/head/validators", schema);
    const slashed = validators?.data.filter(({ validator }) => validator.slashed).length ?? 0;
    const blocks = await this.blocks(1, this.slotNow());
    return blocks.reduce(
      (count, { body }) => count + body.proposer_slashings.length + body.attester_slashings.length,
      slashed,
    );
  }

  /** Balances of all validators with these credentials in the post-state of a block. */
  async balancesOf(credentials: string, blockRoot: string): Promise<{ slot: number; balancesGwei: bigint[] }> {
    const headers = await this.get(`/eth/v1/beacon/headers/${blockRoot}`, headerAnswer);
    if (headers === undefined) throw new Error(`the beacon node has no block ${blockRoot}`);
    const { slot, state_root } = headers.data.header.message;
    const schema = z.object({ data: z.array(validatorEntry) });
    const validators = await this.get(`/eth/v1/beacon/states/${state_root}/validators`, schema);
    if (validators === undefined) throw new Error(`the beacon node has no state ${state_root}`);
    const ours = validators.data.filter(({ validator }) => validator.withdrawal_credentials === credentials);
    return { slot, balancesGwei: ours.map(({ balance }) => BigInt(balance)) };
  }

  /** Number of the first execution block after `afterBlock` that withdraws at least that much to an account. */
  async withdrawalTo(
    account: string,
    amountGwei: bigint,
    afterBlock: number,
    provider: JsonRpcProvider,
  ): Promise<number | undefined> {
    const head = await provider.getBlockNumber();
    for (let number = Math.max(afterBlock, this.withdrawalsSeenTo) + 1; number <= head; number++) {
      const found = executionBlock.parse(await provider.send("eth_getBlockByNumber", [toQuantity(number), false]));
      const paid = found.withdrawals.filter(({ address }) => address === account.toLowerCase());
      if (paid.some(({ amount }) => BigInt(amount) >= amountGwei)) return number;
      this.withdrawalsSeenTo = number;
    }
    return undefined;
  }

  private async dutyOfEpoch(validatorIndex: number, epoch: number): Promise<DutyFigures> {
    const { slotsPerEpoch } = this.timing;
    const firstSlot = epoch * slotsPerEpoch;
    // The last state of the next epoch still holds this epoch's participation, after everything that could be included.
    const lastSlot = firstSlot + 2 * slotsPerEpoch - 1;
    const blocks = await this.blocks(firstSlot, lastSlot);
    const last = blocks.at(-1);
    if (last === undefined || last.slot < firstSlot + slotsPerEpoch) {
      throw new Error(`no block in epoch ${epoch + 1}: epoch ${epoch} can't be judged yet`);
    }
    const assigned = await this.get(`/eth/v1/beacon/states/${last.slot}/committees?epoch=${epoch}`, committees);
    const duty = assigned?.data.find(({ validators }) => validators.includes(validatorIndex));
    if (assigned === undefined || duty === undefined) return { due: 0, included: 0, timelyTarget: 0, timelyHead: 0 };

    const ofSlot = assigned.data.filter(({ slot }) => slot === duty.slot).sort((a, b) => a.index - b.index);
    const included = blocks.some(({ body }) =>
      body.attestations.some((candidate) => {
        if (candidate.data.slot !== duty.slot || !bit(candidate.committee_bits, duty.index)) return false;
        const offset = ofSlot
          .filter(({ index }) => index < duty.index && bit(candidate.committee_bits, index))
          .reduce((count, { validators }) => count + validators.length, 0);
        return bit(candidate.aggregation_bits, offset + duty.validators.indexOf(validatorIndex));
      }),
    );
    const state = await this.get(`/eth/v2/debug/beacon/states/${last.slot}`, stateWithParticipation);
    const flags = state?.data.previous_epoch_participation[validatorIndex] ?? 0;
    return {
      due: 1,
      included: included ? 1 : 0,
      timelyTarget: flags & TIMELY_TARGET_FLAG ? 1 : 0,
      timelyHead: flags & TIMELY_HEAD_FLAG ? 1 : 0,
    };
  }

  private async blocks(fromSlot: number, toSlot: number): Promise<Block[]> {
    const found: Block[] = [];
    for (let slot = fromSlot; slot <= toSlot; slot++) {
      const answer = await this.get(`/eth/v2/beacon/blocks/${slot}`, block);
      if (answer !== undefined) found.push(answer.data.message);
    }
    return found;
  }

  /** Undefined for 404, which is how the Beacon API says "no such block" or "no such validator". */
  private async get<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const response = await fetch(`${this.url}${path}`, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(20_000),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`the beacon node answered ${response.status} to ${path}`);
    return schema.parse(await response.json());
  }
}
