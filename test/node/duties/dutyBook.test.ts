import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  type Directory,
  EMPTY_DIRECTORY,
  type NodeSet,
  type ValidatorKey,
} from "../../../services/node/directory/directory.ts";
import { DutyBook } from "../../../services/node/duties/dutyBook.ts";
import type { AttesterDuty, BeaconAccess, BeaconValidator, ProposerDuty } from "../../../services/ports/beacon.ts";

const TIME = { genesisTimeMs: 0, slotDurationMs: 12_000, slotsPerEpoch: 8 };
const A = `0x${"aa".repeat(48)}`;
const B = `0x${"bb".repeat(48)}`;
const C = `0x${"cc".repeat(48)}`;
const STRANGER = `0x${"ee".repeat(48)}`;
const ROOT = `0x${"01".repeat(32)}`;

const nodeSet = (setId: number): NodeSet => ({ setId, configuration: 0, members: [], ownSeat: 1 });
const validatorKey = (pubkey: string, setId: number): ValidatorKey => {
  return { pubkey, setId, configuration: 0, generation: 0, ownSeat: 1, shareKeys: [] };
};
const DIRECTORY: Directory = {
  ...EMPTY_DIRECTORY,
  sets: new Map([1, 2].map((setId) => [setId, nodeSet(setId)])),
  keys: new Map([validatorKey(A, 1), validatorKey(B, 1), validatorKey(C, 2)].map((key) => [key.pubkey, key])),
};

let validators: BeaconValidator[];
let attesters: AttesterDuty[];
let proposers: ProposerDuty[];
let book: DutyBook;

const attester = (pubkey: string, validatorIndex: number, slot: number): AttesterDuty => {
  return { pubkey, validatorIndex, slot, committeeIndex: 0 };
};

beforeEach(() => {
  validators = [
    { pubkey: A, index: 1, status: "active_ongoing" },
    { pubkey: B, index: 2, status: "active_exiting" },
    { pubkey: C, index: 3, status: "active_slashed" },
  ];
  attesters = [attester(A, 1, 80), attester(B, 2, 80), attester(C, 3, 80)];
  proposers = [
    { pubkey: STRANGER, validatorIndex: 9, slot: 80 },
    { pubkey: A, validatorIndex: 1, slot: 81 },
  ];
  const beacon = {
    validators: async () => validators,
    attesterDuties: async () => ({ dependentRoot: ROOT, duties: [...attesters] }),
    proposerDuties: async () => ({ dependentRoot: ROOT, duties: proposers }),
  } as Partial<BeaconAccess> as BeaconAccess;
  book = new DutyBook(beacon, TIME, () => DIRECTORY);
});

test("one duty per set and slot, its validators in order", async () => {
  await book.refreshValidators(10);
  await book.refreshAttesters(10);
  await book.refreshProposers(10);
  const duties = book.attestations(80);
  assert.deepEqual(
    duties.map(({ instance, assignments }) => [instance.setId, assignments.map(({ pubkey }) => pubkey)]),
    [
      [1, [A, B]],
      [2, [C]],
    ],
  );
  assert.deepEqual(book.attestations(81), []);
  assert.deepEqual(book.proposals(80), []);
  assert.equal(book.proposals(81)[0]?.pubkey, A);
});

test("validators that aren't active have no duties", async () => {
  validators = validators.map((validator) => ({ ...validator, status: "pending_queued" }));
  await book.refreshValidators(10);
  await book.refreshAttesters(10);
  await book.refreshProposers(10);
  assert.deepEqual(book.attestations(80), []);
  assert.deepEqual(book.proposals(81), []);
  assert.ok(book.isComplete(10));
});

test("an epoch is complete when validators, this and the next epoch's attesters and the proposers were read", async () => {
  await book.refreshValidators(10);
  await book.refreshAttesters(10);
  await book.refreshProposers(10);
  assert.ok(!book.isComplete(10));
  attesters = [attester(A, 1, 88)];
  await book.refreshAttesters(11);
  assert.ok(book.isComplete(10));
  assert.ok(!book.isComplete(11));
});

const LIES: [string, () => void][] = [
  ["two duties of one validator in one epoch", () => attesters.push(attester(A, 1, 81))],
  ["a duty of another epoch", () => attesters.push(attester(A, 1, 88))],
  ["a validator under another's index", () => attesters.splice(0, 3, attester(A, 2, 80))],
  ["a validator that isn't ours", () => attesters.push(attester(STRANGER, 9, 80))],
];
for (const [what, lie] of LIES) {
  test(`a beacon node that tells ${what} is not believed, and what was known stays`, async () => {
    await book.refreshValidators(10);
    await book.refreshAttesters(10);
    const before = book.attestations(80);
    lie();
    await assert.rejects(() => book.refreshAttesters(10));
    assert.deepEqual(book.attestations(80), before);
  });
}

test("a beacon node that gives two of our validators one index is not believed", async () => {
  validators = validators.map((validator) => ({ ...validator, index: 1 }));
  await assert.rejects(() => book.refreshValidators(10));
  validators = [{ pubkey: STRANGER, index: 4, status: "active_ongoing" }];
  await assert.rejects(() => book.refreshValidators(10));
  assert.deepEqual(book.activeValidators(), []);
});
