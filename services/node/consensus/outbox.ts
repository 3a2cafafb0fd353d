import { ZeroHash } from "ethers";
import type { Timer } from "../../ports/clock.ts";
import { encodePacket } from "./codec.ts";
import type { InstanceOptions, InstancePorts } from "./options.ts";
import { leaderIndex, retransmitIntervalMs } from "./timers.ts";
import type { DecidedPacket, Packet, PacketKind, QbftMessage, RoundChangePacket, SignedMessage } from "./types.ts";

/** What one seat says in the current round: signed, sent to all others, and sent again until the round ends. */
export class Outbox {
  readonly #options: InstanceOptions;
  readonly #ports: Pick<InstancePorts, "clock" | "sign" | "send">;
  readonly #sent = new Map<PacketKind, Packet>();
  #round = 0;
  #timer: Timer | undefined;

  constructor(options: InstanceOptions, ports: Pick<InstancePorts, "clock" | "sign" | "send">) {
    this.#options = options;
    this.#ports = ports;
  }

  /** Forgets what was said in the last round. */
  enterRound(round: number): void {
    this.#round = round;
    this.#sent.clear();
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  sign(kind: QbftMessage["kind"], fields: Partial<QbftMessage>): SignedMessage {
    const { id, set, seat } = this.#options;
    return this.#ports.sign({
      kind,
      instance: id,
      round: this.#round,
      valueHash: ZeroHash,
      validatorsRoot: ZeroHash,
      instanceCounter: set.seats[seat]?.instanceCounter ?? 0,
      preparedRound: 0,
      preparedValueHash: ZeroHash,
      refusedRoot: ZeroHash,
      ...fields,
    });
  }

  broadcast(packet: Exclude<Packet, DecidedPacket>): void {
    this.#sent.set(packet.kind, packet);
    this.#transmit(packet);
  }

  sendTo(seat: number, packet: DecidedPacket): void {
    this.#ports.send(seat, encodePacket(packet));
  }

  #schedule(): void {
    const intervalMs = retransmitIntervalMs(this.#options.timing.firstRoundMs, this.#round);
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.setTimer(this.#ports.clock.nowMs() + intervalMs, () => {
      for (const packet of this.#sent.values()) this.#transmit(packet);
      this.#schedule();
    });
  }

  #transmit(packet: Packet): void {
    const { id, set, seat } = this.#options;
    const bytes = encodePacket(packet);
    // The block of a prepared proposal goes to the next leader alone: the others get it in PRE-PREPARE.
    const bare =
      packet.kind === "round-change" && packet.prepared?.proposal.body ? encodePacket(withoutBody(packet)) : bytes;
    const leader = leaderIndex(id, this.#round, set.seats.length);
    for (let to = 0; to < set.seats.length; to++) {
      if (to !== seat) this.#ports.send(to, to === leader ? bytes : bare);
    }
  }
}

function withoutBody(packet: RoundChangePacket): RoundChangePacket {
  if (!packet.prepared) return packet;
  const { proposal, prepares } = packet.prepared;
  return { ...packet, prepared: { proposal: { value: proposal.value }, prepares } };
}
