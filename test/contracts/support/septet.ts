import { keccak256, SigningKey, toUtf8Bytes, Wallet } from "ethers";
import {
  KEY_ACKNOWLEDGEMENT_TYPES,
  type KeyAcknowledgement,
  keyFieldHash,
  NODE_KEY_PROOF_TYPES,
  septetDomain,
} from "../../../services/chain/typedData.ts";
import { deployContracts, PARAMETERS } from "./chain.ts";
import { signDeposit, type TestKey } from "./keys.ts";

export const ETHER = 10n ** 18n;
export const CHAIN_ID = 31_337;

export type Septet = Awaited<ReturnType<typeof deployContracts>>;

/** Node key of operator `number`. */
export const nodeWallet = (number: number) => new Wallet(keccak256(toUtf8Bytes(`node ${number}`)));

/** 64 bytes x ‖ y. */
export const nodePublicKey = (wallet: Wallet) => `0x${new SigningKey(wallet.privateKey).publicKey.slice(4)}`;

export interface RegistrationChanges {
  nodePublicKey?: string;
  payout?: string;
  multiaddrs?: string;
  uri?: string;
}

export function registration(node: Wallet, payout: string, changes: RegistrationChanges = {}) {
  const multiaddrs = "/ip4/127.0.0.1/tcp/9000";
  return { nodePublicKey: nodePublicKey(node), payout, multiaddrs, uri: "https://example.org", ...changes };
}

export async function provePossession(septet: Septet, node: Wallet, owner: string, payout: string) {
  const domain = septetDomain(CHAIN_ID, await septet.operatorRegistry.getAddress());
  return node.signTypedData(domain, NODE_KEY_PROOF_TYPES, { owner, nodeKey: node.address, payout });
}

/** Registers operator `number` from the account of the same number. */
export async function register(septet: Septet, number: number) {
  const owner = account(septet, number);
  const node = nodeWallet(number);
  const proof = await provePossession(septet, node, owner.address, owner.address);
  return septet.operatorRegistry.connect(owner).register(registration(node, owner.address), proof);
}

export function account(septet: Septet, number: number) {
  const found = septet.accounts[number];
  if (found === undefined) throw new Error(`the simulated network has no account ${number}`);
  return found;
}

export async function deployed(): Promise<Septet> {
  return deployContracts();
}

/** Operators 1 to 8 registered and listed, 1 to 7 bonded with 3 ETH each. */
export async function withOperators() {
  return withOperatorsOn({});
}

/** The same on a chain of other parameters. */
export async function withOperatorsOn(changes: Parameters<typeof deployContracts>[0]) {
  const septet = await deployContracts(changes);
  for (let number = 1; number <= 8; number++) {
    await register(septet, number);
    await septet.operatorSets.setListed(number, true);
    if (number <= 7) await septet.operatorRegistry.bondEther(number, { value: 3n * ETHER });
  }
  return septet;
}

export const SEVEN = [1n, 2n, 3n, 4n, 5n, 6n, 7n] as const satisfies readonly bigint[];

/** Set 1 of operators 1 to 7; 40 ETH staked by account 10. */
export async function withSet() {
  const septet = await withOperators();
  await septet.operatorSets.formSet([...SEVEN]);
  await septet.stakingPool
    .connect(account(septet, 10))
    .deposit(40n * ETHER, account(septet, 10), { value: 40n * ETHER });
  return septet;
}

/** Request 1 of one key from set 1. */
export async function withRequest() {
  const septet = await withSet();
  await septet.validatorManager.requestKeys(1, 1);
  return septet;
}

export const depositTerms = async (septet: Septet) => ({
  withdrawalCredentials: await septet.validatorManager.withdrawalCredentials(),
  genesisForkVersion: PARAMETERS.genesisForkVersion,
  amountGwei: 1_000_000_000n,
});

export interface Submission {
  requestId: bigint;
  attempt: number;
  transcriptHash: string;
  keys: { points: string; depositSignature: string; encryptedShares: string }[];
  acknowledgements: string[];
}

/** What seven honest seats hand in for `keys`, acknowledged as it is. */
export async function submissionOf(septet: Septet, keys: TestKey[], changes: Partial<Submission> = {}) {
  const terms = await depositTerms(septet);
  const submission: Submission = {
    requestId: 1n,
    attempt: 1,
    transcriptHash: keccak256(toUtf8Bytes("transcript")),
    keys: keys.map((key) => ({
      points: key.points,
      depositSignature: signDeposit(key.groupSecret, key.pubkey, terms).encoded,
      encryptedShares: `0x${"ab".repeat(336)}`,
    })),
    acknowledgements: [],
    ...changes,
  };
  if (changes.acknowledgements === undefined) submission.acknowledgements = await acknowledge(septet, submission);
  return submission;
}

/** Signatures of seats 1 to 7 over a submission. */
export async function acknowledge(septet: Septet, submission: Submission): Promise<string[]> {
  const domain = septetDomain(CHAIN_ID, await septet.validatorManager.getAddress());
  const { requestId, attempt, transcriptHash, keys } = submission;
  const message: KeyAcknowledgement = {
    requestId,
    setId: 1n,
    attempt,
    transcriptHash,
    keysHash: keyFieldHash(keys.map(({ points }) => points)),
    encryptedSharesHash: keyFieldHash(keys.map(({ encryptedShares }) => encryptedShares)),
  };
  return Promise.all(
    SEVEN.map((number) => nodeWallet(Number(number)).signTypedData(domain, KEY_ACKNOWLEDGEMENT_TYPES, message)),
  );
}

export function submit({ validatorManager }: Septet, submission: Submission) {
  const { requestId, attempt, transcriptHash, keys, acknowledgements } = submission;
  return validatorManager.submitKeys(requestId, attempt, transcriptHash, keys, acknowledgements);
}
