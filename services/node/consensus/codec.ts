import { ZeroHash } from "ethers";
import type { DutyType, InstanceId } from "../locks/types.ts";
import { MAX_BODY_BYTES, MAX_PACKET_BYTES } from "./limits.ts";
import { MESSAGE_KIND_NUMBER } from "./messageHash.ts";
import type { ConsensusValue, MessageKind, Packet, PacketKind, SignedMessage } from "./types.ts";
import { ConsensusError } from "./types.ts";
import { DUTY_TYPE_NUMBER } from "./value.ts";
import { bytesOf, fromWireProposal, hex, required, safe, toWireProposal } from "./valueCodec.ts";
import type { WireInstance, WireSigned } from "./wire.ts";
import { Decided, PrePrepare, RoundChange, VoteMessage } from "./wire.ts";

const PACKET_KINDS: readonly (PacketKind | undefined)[] = [
  undefined,
  "pre-prepare",
  "prepare",
  "commit",
  "round-change",
  "decided",
];
const KIND_OF_NUMBER = invert(MESSAGE_KIND_NUMBER);
const DUTY_OF_NUMBER = invert(DUTY_TYPE_NUMBER);

/** Messages that prove something about a value, to be kept as evidence. */
export function encodeCertificate(value: ConsensusValue, messages: readonly SignedMessage[]): Uint8Array {
  const instance = toWireInstance((messages[0] as SignedMessage).message.instance);
  return Decided.serialize({ instance, ...toWireProposal({ value }), commits: messages.map(toWireSigned) });
}

export function encodePacket(packet: Packet): Uint8Array {
  const payload = serialize(packet);
  const bytes = new Uint8Array(payload.length + 1);
  bytes[0] = PACKET_KINDS.indexOf(packet.kind);
  bytes.set(payload, 1);
  return bytes;
}

/** @throws {ConsensusError} `oversized-packet`, `malformed-packet`; nothing else. */
export function decodePacket(bytes: Uint8Array): Packet {
  if (bytes.length > MAX_PACKET_BYTES + MAX_BODY_BYTES) throw new ConsensusError("oversized-packet", "packet too long");
  let packet: Packet;
  try {
    packet = deserialize(PACKET_KINDS[bytes[0] ?? 0], bytes.subarray(1));
  } catch (cause) {
    throw new ConsensusError("malformed-packet", "not a packet of this protocol", { cause });
  }
  if (bytes.length - bodyLength(packet) > MAX_PACKET_BYTES) {
    throw new ConsensusError("oversized-packet", "packet too long without its body");
  }
  if (bodyLength(packet) > 0 && packet.instance.type !== "proposal") {
    throw new ConsensusError("malformed-packet", "a body beside an attestation");
  }
  return packet;
}

function serialize(packet: Packet): Uint8Array {
  const instance = toWireInstance(packet.instance);
  switch (packet.kind) {
    case "pre-prepare":
      return PrePrepare.serialize({
        instance,
        signed: toWireSigned(packet.signed),
        ...toWireProposal(packet.proposal),
        roundChanges: packet.roundChanges.map(toWireSigned),
        prepares: packet.prepares.map(toWireSigned),
      });
    case "prepare":
    case "commit":
      return VoteMessage.serialize({ instance, signed: toWireSigned(packet.signed) });
    case "round-change":
      return RoundChange.serialize({
        instance,
        signed: toWireSigned(packet.signed),
        refused: packet.refused.map(bytesOf),
        ...toWireProposal(packet.prepared?.proposal),
        prepares: (packet.prepared?.prepares ?? []).map(toWireSigned),
      });
    case "decided":
      return Decided.serialize({
        instance,
        ...toWireProposal(packet.proposal),
        commits: packet.commits.map(toWireSigned),
      });
  }
}

function deserialize(kind: PacketKind | undefined, payload: Uint8Array): Packet {
  switch (kind) {
    case "pre-prepare": {
      const wire = PrePrepare.deserialize(payload);
      const instance = fromWireInstance(wire.instance);
      return {
        kind,
        instance,
        signed: fromWireSigned(wire.signed, instance, kind),
        proposal: required(fromWireProposal(wire)),
        roundChanges: wire.roundChanges.map((signed) => fromWireSigned(signed, instance, "round-change")),
        prepares: wire.prepares.map((signed) => fromWireSigned(signed, instance, "prepare")),
      };
    }
    case "prepare":
    case "commit": {
      const wire = VoteMessage.deserialize(payload);
      const instance = fromWireInstance(wire.instance);
      return { kind, instance, signed: fromWireSigned(wire.signed, instance, kind) };
    }
    case "round-change": {
      const wire = RoundChange.deserialize(payload);
      const instance = fromWireInstance(wire.instance);
      const signed = fromWireSigned(wire.signed, instance, kind);
      const refused = wire.refused.map(hex);
      const proposal = fromWireProposal(wire);
      const prepares = wire.prepares.map((prepare) => fromWireSigned(prepare, instance, "prepare"));
      if (proposal) return { kind, instance, signed, refused, prepared: { proposal, prepares } };
      if (prepares.length > 0) throw new Error("PREPAREs without a value");
      return { kind, instance, signed, refused };
    }
    case "decided": {
      const wire = Decided.deserialize(payload);
      const instance = fromWireInstance(wire.instance);
      const commits = wire.commits.map((signed) => fromWireSigned(signed, instance, "commit"));
      return { kind, instance, proposal: required(fromWireProposal(wire)), commits };
    }
    default:
      throw new Error("unknown kind");
  }
}

function toWireInstance({ setId, configuration, slot, type }: InstanceId): WireInstance {
  return { setId, configuration, slot, dutyType: DUTY_TYPE_NUMBER[type] };
}

function fromWireInstance({ setId, configuration, slot, dutyType }: WireInstance): InstanceId {
  const type = DUTY_OF_NUMBER.get(dutyType) as DutyType | undefined;
  return { setId: safe(setId), configuration: safe(configuration), slot: safe(slot), type: required(type) };
}

function toWireSigned({ message, signature }: SignedMessage): WireSigned {
  return {
    kind: MESSAGE_KIND_NUMBER[message.kind],
    round: message.round,
    valueHash: bytesOf(message.valueHash),
    validatorsRoot: bytesOf(message.validatorsRoot),
    instanceCounter: message.instanceCounter,
    preparedRound: message.preparedRound,
    preparedValueHash: bytesOf(message.preparedValueHash),
    refusedRoot: bytesOf(message.refusedRoot),
    signature: bytesOf(signature),
  };
}

function fromWireSigned(wire: WireSigned, instance: InstanceId, expected: MessageKind): SignedMessage {
  const kind = KIND_OF_NUMBER.get(wire.kind);
  if (kind !== expected) throw new Error("message of another kind in its place");
  const message = {
    kind: expected,
    instance,
    round: wire.round,
    valueHash: hex(wire.valueHash),
    validatorsRoot: hex(wire.validatorsRoot),
    instanceCounter: safe(wire.instanceCounter),
    preparedRound: wire.preparedRound,
    preparedValueHash: hex(wire.preparedValueHash),
    refusedRoot: hex(wire.refusedRoot),
  };
  if (expected === "round-change") {
    if (message.valueHash !== ZeroHash || message.validatorsRoot !== ZeroHash) throw new Error("value in ROUND-CHANGE");
  } else if (
    message.preparedRound !== 0 ||
    message.preparedValueHash !== ZeroHash ||
    message.refusedRoot !== ZeroHash
  ) {
    throw new Error("fields of ROUND-CHANGE in another kind");
  }
  return { message, signature: hex(wire.signature) };
}

function bodyLength(packet: Packet): number {
  if (packet.kind === "pre-prepare" || packet.kind === "decided") return packet.proposal.body?.length ?? 0;
  return packet.kind === "round-change" ? (packet.prepared?.proposal.body?.length ?? 0) : 0;
}

function invert<K extends string>(numbers: Record<K, number>): Map<number, K> {
  return new Map(Object.entries(numbers).map(([name, number]) => [number as number, name as K]));
}
