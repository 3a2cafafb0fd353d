import { getBytes, type Wallet } from "ethers";
import type { Logger } from "pino";
import type { Mailbox } from "../ceremony/mailbox.ts";
import type { CeremonyStore } from "../ceremony/store.ts";
import type { DeploymentSummary } from "../chain/deployment.ts";
import type { BeaconAccess } from "../ports/beacon.ts";
import type { ChainAccess, ChainView } from "../ports/chain.ts";
import type { Clock } from "../ports/clock.ts";
import type { ClosedMesh } from "../ports/peers.ts";
import type { Randomness } from "../ports/randomness.ts";
import type { ShareStore } from "../ports/shareStore.ts";
import { Aggregator } from "./aggregator/aggregator.ts";
import { AttestationFlow } from "./attestation/attestationFlow.ts";
import { Ceremonies } from "./ceremonies/ceremonies.ts";
import { ceremonyContext, selfEncryptor } from "./ceremonies/ceremonyContext.ts";
import type { ChainSpec } from "./chainSpec.ts";
import type { Recover } from "./consensus/messageHash.ts";
import { ConsensusService } from "./consensus/service.ts";
import { buildDirectory, EMPTY_DIRECTORY } from "./directory/directory.ts";
import { consensusSet, exchangeSet } from "./directory/setViews.ts";
import { DutyBook } from "./duties/dutyBook.ts";
import { Scheduler } from "./duties/scheduler.ts";
import { Exchange } from "./exchange/exchange.ts";
import { ShareRing } from "./keys/shareRing.ts";
import type { Locks } from "./locks/types.ts";
import type { NodeMetrics } from "./metrics.ts";
import { ProposalFlow } from "./proposal/proposalFlow.ts";
import { Randao } from "./randao/randao.ts";
import { nodeReports } from "./reports.ts";
import { type NodeStatus, nodeStatus } from "./status.ts";
import { stoppableClock } from "./stoppableClock.ts";
import { Tracker } from "./tracker/tracker.ts";

/** Everything outside the node's own logic. A simulation replaces these and nothing else. */
export interface NodePorts {
  clock: Clock;
  randomness: Randomness;
  peers: ClosedMesh;
  beacon: BeaconAccess;
  chain: ChainAccess;
  mailbox: Mailbox;
  locks: Locks;
  shares: ShareStore;
  ceremonies: CeremonyStore;
  log: Logger;
  metrics: NodeMetrics;
}

export interface NodeOptions {
  operatorId: number;
  nodeKey: Wallet;
  deployment: DeploymentSummary;
  spec: ChainSpec;
  /** A simulation of seven nodes shares one that remembers. */
  recover?: Recover;
}

export interface OperatorNode {
  /** Loads the shares and starts; duties of slots that have begun are left alone. */
  start(): Promise<void>;
  /** Resolves when nothing can be signed any more. The ports stay open. */
  stop(): Promise<void>;
  status(): NodeStatus;
}

/** The whole node: scheduler → consensus with locks → signer → exchange → aggregator → beacon node, per duty. */
export function wireNode(ports: NodePorts, options: NodeOptions): OperatorNode {
  const { operatorId, nodeKey, deployment, spec, recover } = options;
  const { beacon, chain, locks, log, mailbox, metrics, peers, randomness } = ports;
  const clock = stoppableClock(ports.clock);
  const report = nodeReports(log, metrics);
  const feeRecipient = deployment.contracts.WithdrawalVault;
  const shareRing = new ShareRing();
  let directory = EMPTY_DIRECTORY;
  const key = (pubkey: string) => directory.keys.get(pubkey);
  const signWithShare = shareRing.sign.bind(shareRing);

  const tracker = new Tracker({ clock, onOutcome: report.duty });
  const consensus = new ConsensusService({
    domain: { chainId: BigInt(deployment.chainId), verifyingContract: deployment.contracts.OperatorSets },
    operatorId,
    nodeKey: nodeKey.signingKey,
    time: spec.time,
    clock,
    peers,
    locks,
    ...(recover && { recover }),
    count: (reason) => metrics.consensusDropped.inc({ reason }),
  });
  const aggregator = new Aggregator({
    partialsOf: (duty, pubkey, signingRoot) => exchange.partialsOf(duty, pubkey, signingRoot),
    onSignatures: (duty, signatures) => {
      if (duty.type === "attestation") void attestations.onSignatures(duty, signatures);
      else if (duty.type === "proposal") proposals.onSignatures(duty, signatures);
      else randao.onSignatures(duty, signatures);
    },
    onCulprit: report.culprit,
    onInconsistentKeys: report.inconsistentKeys,
  });
  const exchange = new Exchange({
    peers,
    clock,
    time: spec.time,
    set: (setId) => exchangeSet(directory, setId),
    onPartials: (duty) => aggregator.tryCombine(duty),
    count: (reason) => metrics.partialsDropped.inc({ reason }),
  });

  const book = new DutyBook(beacon, spec.time, () => directory);
  const flow = { beacon, clock, spec, consensus, exchange, aggregator, tracker, locks, key, signWithShare };
  const attestations = new AttestationFlow({
    ...flow,
    dutyNow: ({ instance: { setId, slot } }) =>
      book.attestations(slot).find(({ instance }) => instance.setId === setId),
  });
  const randao = new Randao({ config: spec.config, clock, exchange, aggregator, key, signWithShare });
  const proposals = new ProposalFlow({
    ...flow,
    randao,
    feeRecipient,
    dutyNow: ({ instance, pubkey }) => book.proposals(instance.slot).find((duty) => duty.pubkey === pubkey),
  });
  const scheduler = new Scheduler({
    beacon,
    book,
    clock,
    spec,
    onAttestation: (duty) => attestations.begin(duty),
    onUpcomingProposal: (duty) => proposals.prepare(duty),
    onProposal: (duty) => proposals.begin(duty),
    onValidators: () => {
      const proposers = book.activeValidators().map(({ index }) => ({ validatorIndex: index, feeRecipient }));
      if (proposers.length === 0) return;
      beacon.prepareProposers(proposers).catch((error) => report.failure("prepare proposers", error));
    },
    onError: report.failure,
  });

  const ceremonies = new Ceremonies({
    clock,
    randomness,
    mailbox,
    store: ports.ceremonies,
    shares: ports.shares,
    signer: nodeKey,
    context: (request, set) => ceremonyContext(deployment, request, set),
    encryptorFor: (context) => selfEncryptor(getBytes(nodeKey.privateKey), context),
    hasShare: (pubkey) => shareRing.has(pubkey),
    onShare: (pubkey, share) => {
      shareRing.add(pubkey, share);
      report.share(pubkey);
    },
    onProgress: report.ceremony,
    onError: (requestId, error) => report.failure(`ceremony ${requestId}`, error),
  });

  const onView = (view: ChainView) => {
    metrics.chainBlock.set(view.blockNumber);
    directory = buildDirectory(view);
    peers.setMembers(directory.peers);
    for (const set of directory.sets.values()) {
      try {
        consensus.configure(consensusSet(set));
      } catch (error) {
        report.failure(`configuration of set ${set.setId}`, error);
      }
    }
    ceremonies.onView(view);
  };
  const unsubscribe: (() => void)[] = [];

  return {
    async start() {
      for (const { pubkey, share } of await ports.shares.load()) {
        shareRing.add(pubkey, share);
        report.share(pubkey);
      }
      consensus.start();
      onView(chain.view());
      unsubscribe.push(
        chain.onView(onView),
        beacon.onHead(({ block }) => {
          proposals.onBlockSeen(block);
          consensus.headChanged();
        }),
      );
      scheduler.start();
    },
    async stop() {
      for (const end of unsubscribe) end();
      scheduler.stop();
      consensus.stop();
      clock.stop();
      await ceremonies.stop();
      shareRing.clear();
    },
    status: () => nodeStatus({ operatorId, nodeKey, chain, peers, directory, shareRing, book, tracker, ceremonies }),
  };
}
